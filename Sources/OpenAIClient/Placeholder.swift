enum OpenAIClientPlaceholder {}
