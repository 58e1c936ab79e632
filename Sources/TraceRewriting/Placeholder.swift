enum TraceRewritingPlaceholder {}
