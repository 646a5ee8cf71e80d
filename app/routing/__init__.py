"""The page of routers, part by part."""
