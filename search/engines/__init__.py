"""Those who answer: one module an engine, each with a function `answer`."""
