"""The domain of Routeloom: pipelines, nodes, the engine that runs them and the gateway to language models."""
