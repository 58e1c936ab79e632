import ArgumentParser
import Denature
import Foundation

extension ModelsCommand {
    /// `denature models convert`.
    struct Convert: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a model's folder of a GGUF file.",
            discussion: """
                Writes config.json, tokenizer.json, tokenizer_config.json with the chat template, and the weights as
                safetensors: what the other commands and Hugging Face's libraries read. Quantised weights become the numbers
                that they stand for. What is not known, an architecture, a tokenizer or an option, is refused.

                  denature models convert model.gguf -o DIR
                  denature models convert model.gguf -o DIR --dtype bfloat16

                Exit status: 0 done; 1 failed; 2 wrong usage; 130 interrupted.
                """)

        @OptionGroup var options: SettingsOptions<ModelsConvertSettings>
        @Flag(help: "Print one JSON object.") var json = false

        func run() async throws {
            let display = CountProgress()
            let report = try await Interruption.running(try ModelConverter(options.settings).run(), quiet: json) {
                display.update($0.tensors, of: $0.of, "tensors")
            }
            display.finish()
            if json { return try Console.json(report) }
            let types = report.types.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            try Console.output("\(report.architecture), \(report.parameters) parameters (\(types))")
            try Console.output(
                "\(report.tokens) tokens, " + (report.hasChatTemplate ? "with" : "without") + " chat template")
            for file in report.files { try Console.output(options.settings.output + "/" + file) }
        }
    }
}
