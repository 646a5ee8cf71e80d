"use strict";
// Draws the figures of the page from the data beside them, and saves each as a picture or a table.
for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const name = figure.dataset.chart;
  const area = figure.querySelector("div");
  const drawn = JSON.parse(document.getElementById(`figure-${name}`).textContent);
  const config = JSON.parse(document.getElementById("chart-config").textContent);
  Plotly.newPlot(area, drawn.data, drawn.layout, config);
  for (const button of figure.querySelectorAll("button")) {
    button.addEventListener("click", () => save(area, name, button.dataset.format));
  }
}

function save(area, name, format) {
  if (format !== "csv") {
    Plotly.downloadImage(area, { format, filename: name, scale: format === "png" ? 2 : 1 });
    return;
  }
  const table = JSON.parse(document.getElementById(`table-${name}`).textContent);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([table], { type: "text/csv;charset=utf-8" }));
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// A printed page is narrower than the window.
const areas = () => document.querySelectorAll("figure[data-chart] > div");
window.addEventListener("beforeprint", () => areas().forEach((area) => Plotly.relayout(area, { width: 900 })));
window.addEventListener("afterprint", () => areas().forEach((area) => Plotly.relayout(area, { width: null })));
