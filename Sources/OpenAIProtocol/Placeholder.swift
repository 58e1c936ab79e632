enum OpenAIProtocolPlaceholder {}
