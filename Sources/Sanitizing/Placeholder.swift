enum SanitizingPlaceholder {}
