/** Hands the picture of the pipeline out: as a file, or by the clipboard. */

import type { Instance } from "../instance";
import type { PictureForm } from "../commands";
import { drawn, type Pen, type Picture } from "../picture";
import { groupColour, typeColour } from "./colour";

const SCALE = 2;
/** Browsers refuse larger surfaces. */
const MOST_PIXELS = 12_000;
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const VARIABLES = {
  ground: "var(--ground)",
  card: "var(--card)",
  text: "var(--text)",
  muted: "var(--muted)",
  line: "var(--line)",
  note: "var(--rl-note)",
  ok: "var(--ok)",
  bad: "var(--bad)",
};

/** Draws the canvas and gives the picture to the person; says so when the browser does not let it. */
export async function takePicture(canvas: Instance, root: HTMLElement, form: PictureForm): Promise<void> {
  const picture = drawn(canvas.store.get(), canvas.runs, penOf(canvas, root));
  if (!picture) return canvas.toast("There is nothing on the canvas yet.", "info");
  const name = canvas.graph.name.replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-+|-+$/g, "") || "pipeline";
  if (form === "svg") return save(new Blob([picture.svg], { type: "image/svg+xml" }), `${name}.svg`);
  const png = await pixels(picture);
  if (!png) return canvas.toast("This browser could not make the picture; download it as SVG instead.");
  if (form === "png") return save(png, `${name}.png`);
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
    canvas.toast("Copied as a picture.", "info");
  } catch {
    canvas.toast("This browser does not let the canvas copy pictures; download it instead.");
  }
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function pixels({ svg, width, height }: Picture): Promise<Blob | null> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  const scale = Math.min(SCALE, MOST_PIXELS / Math.max(width, height));
  const surface = document.createElement("canvas");
  surface.width = Math.round(width * scale);
  surface.height = Math.round(height * scale);
  try {
    await image.decode();
  } catch {
    return null;
  }
  surface.getContext("2d")?.drawImage(image, 0, 0, surface.width, surface.height);
  return new Promise((resolve) => surface.toBlob(resolve, "image/png"));
}

function penOf(canvas: Instance, root: HTMLElement): Pen {
  const { catalogue, rules } = canvas.store.get();
  const context = surfaceOf(1);
  const literal = literals(root, context);
  return {
    ink: (name) => literal(VARIABLES[name]),
    group: (group) => literal(groupColour(catalogue, group)),
    type: (type) => literal(typeColour(rules, type)),
    icon: (name) => iconShapes(root, name),
    cut: (text, width, size, bold = false) => {
      if (!context) return text;
      context.font = `${bold ? 600 : 400} ${size}px ${FONT}`;
      if (context.measureText(text).width <= width) return text;
      let cut = text;
      while (cut.length > 1 && context.measureText(`${cut}…`).width > width) cut = cut.slice(0, -1);
      return `${cut.trimEnd()}…`;
    },
  };
}

/** The shapes of an icon, read from where it is drawn; nothing for a kind of which no card is in view. */
function iconShapes(root: HTMLElement, name: string): string {
  const drawn = root.querySelector(`[data-icon="${CSS.escape(name)}"]`);
  const writer = new XMLSerializer();
  return [...(drawn?.children ?? [])].map((shape) => writer.serializeToString(shape)).join("");
}

export function surfaceOf(size: number): CanvasRenderingContext2D | null {
  const surface = document.createElement("canvas");
  surface.width = surface.height = size;
  return surface.getContext("2d", { willReadFrequently: true });
}

/** Finds the plain value of a colour by painting it, because style sheets may mix colours and follow the theme. */
export function literals(root: HTMLElement, context: CanvasRenderingContext2D | null): (css: string) => string {
  const known = new Map<string, string>();
  const probe = document.createElement("span");
  return (css) => {
    const old = known.get(css);
    if (old) return old;
    root.append(probe);
    probe.style.color = css;
    const computed = getComputedStyle(probe).color;
    probe.remove();
    if (!context) return computed;
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = computed;
    context.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0, a = 255] = context.getImageData(0, 0, 1, 1).data;
    const value = `rgba(${r}, ${g}, ${b}, ${(a / 255).toFixed(2)})`;
    known.set(css, value);
    return value;
  };
}
