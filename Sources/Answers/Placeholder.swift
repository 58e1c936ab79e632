enum AnswersPlaceholder {}
