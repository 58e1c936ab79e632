enum KeyedPRFPlaceholder {}
