// Filled in by the next steps.
