#if Torch
    import Testing

    @testable import DenatureCommands

    /// A separator means the same to every command that puts problems to a model.
    struct PromptOptionsTests {
        @Test(arguments: [
            ([], "\n"), (["--separator", #"\n\n"#], "\n\n"), (["--separator", #"\t"#], "\t"),
            (["--separator", " "], " "),
        ]) func separatorsAreWrittenOut(options: [String], text: String) throws {
            let train = try TrainCommand.parse(["--model", "m", "--data", "d", "-o", "o"] + options)
            #expect(train.learning.prompts.separatorText == text)
            let gradient = try GradientCommand.parse(["--proxy", "p", "--holdout", "h", "-o", "o"] + options)
            #expect(gradient.prompts.separatorText == text)
            let sample = try SampleCommand.parse(["--teacher", "t", "--prompts", "p", "-o", "o"] + options)
            #expect(sample.decoding.prompts.separatorText == text)
        }
    }
#endif
