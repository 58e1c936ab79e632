#if Torch
    import Foundation
    import Testing

    @testable import DenatureCommands

    /// A separator means the same to every command that puts problems to a model.
    struct PromptOptionsTests {
        @Test(arguments: [
            ([], "\n"), (["--separator", #"\n\n"#], "\n\n"), (["--separator", #"\t"#], "\t"),
            (["--separator", " "], " "),
        ]) func separatorsAreWrittenOut(options: [String], text: String) throws {
            let train = try TrainCommand.parse(["--model", "m", "--data", "d", "-o", "o"] + options)
            #expect(train.options.settings.learning.prompts.separatorText == text)
            let gradient = try GradientCommand.parse(["--proxy", "p", "--holdout", "h", "-o", "o"] + options)
            #expect(gradient.options.settings.prompts.separatorText == text)
            let sample = try SampleCommand.parse(["--teacher", "t", "--prompts", "p", "-o", "o"] + options)
            #expect(sample.options.settings.decoding.prompts.separatorText == text)
        }

        /// What is written out is what the commands compute with: the default's gradient and weights, and others with another.
        @Test func trainingAndGradientsFollowTheSeparator() async throws {
            let box = try await SampleSandbox()
            func made(_ name: String, _ separator: [String]) async throws -> [Data] {
                let folder = box.file(name)
                let trained = try await denature(
                    [
                        "train", "--model", box.model("proxy"), "--data", box.model("traces.jsonl"), "-o",
                        folder, "--steps", "1", "--lr", "1e-2", "--threads", "1", "--save-every", "0",
                    ] + separator)
                #expect(trained.status == 0, "\(trained.errors)")
                let gradient = try await denature(
                    [
                        "gradient", "--proxy", box.model("proxy"), "--holdout",
                        box.model("traces.jsonl"), "-o", folder + ".g", "--threads", "1",
                    ] + separator)
                #expect(gradient.status == 0, "\(gradient.errors)")
                return try [folder + "/model.safetensors", folder + ".g"].map {
                    try Data(contentsOf: URL(fileURLWithPath: $0))
                }
            }
            let usual = try await made("usual", [])
            let writtenOut = try await made("written-out", ["--separator", #"\n"#])
            let other = try await made("other", ["--separator", " "])
            #expect(usual == writtenOut)
            for (one, another) in zip(usual, other) { #expect(one != another) }
        }
    }
#endif
