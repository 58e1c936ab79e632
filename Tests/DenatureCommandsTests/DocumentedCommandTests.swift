#if Torch
    import TestSupport
    import ArgumentParser
    import Foundation
    import Testing

    @testable import DenatureCommands

    /// What the documentation tells people to type is accepted by the program.
    @Suite struct DocumentedCommandTests {
        private static let pages = ["ReproducingThePapers", "PromptSearch"]

        private static func page(_ name: String) throws -> String {
            let folder = URL(fileURLWithPath: Repository.path("Sources/DenatureCommands/Documentation.docc"))
            return try String(contentsOf: folder.appendingPathComponent(name + ".md"), encoding: .utf8)
        }

        /// The command lines in a page's code blocks, continued lines joined, in words as a shell makes them.
        static func commands(_ page: String) -> [[String]] {
            var commands: [[String]] = []
            for (number, block) in page.components(separatedBy: "```").enumerated() where number % 2 == 1 {
                for line in block.replacing("\\\n", with: " ").split(separator: "\n") {
                    let words = words(String(line))
                    if words.first == "denature" { commands.append(Array(words.dropFirst())) }
                }
            }
            return commands
        }

        /// Words of a command line without substitutions; single quotation marks hold anything.
        static func words(_ line: String) -> [String] {
            var words: [String] = []
            var word: String?
            var isQuoted = false
            for character in line {
                switch character {
                case "'":
                    isQuoted.toggle()
                    word = word ?? ""
                case " " where !isQuoted:
                    if let done = word { words.append(done) }
                    word = nil
                default: word = (word ?? "") + String(character)
                }
            }
            return words + [word].compactMap(\.self)
        }

        @Test(arguments: pages)
        func commandLinesParse(name: String) throws {
            let commands = Self.commands(try Self.page(name))
            #expect(commands.count >= 2)
            for arguments in commands {
                #expect(throws: Never.self, "denature \(arguments.joined(separator: " "))") {
                    _ = try RootCommand.parseAsRoot(arguments)
                }
            }
        }

        @Test func aFlagThatIsNotThereIsSeen() throws {
            #expect(Self.words("denature x --a '1 \\n{' b") == ["denature", "x", "--a", "1 \\n{", "b"])
            let commands = Self.commands("```\ndenature train --model M --data d \\\n  -o O --no-such-flag 1\n```\n")
            #expect(commands == [["train", "--model", "M", "--data", "d", "-o", "O", "--no-such-flag", "1"]])
            #expect(throws: (any Error).self) { try RootCommand.parseAsRoot(commands[0]) }
        }

        @Test(arguments: pages)
        func everyFlagNamedInTheTextExists(name: String) throws {
            let commands = [
                ["traces", "import"], ["sample"], ["gradient"], ["train"], ["evaluate"], ["sanitize-traces"],
                ["optimize-prompt"],
            ]
            let help = commands.map { Self.type($0).helpMessage(columns: 120) + "\n" }.joined()
            let known = Set(help.matches(of: /--[a-z][a-z-]+/).map { String($0.output) }).union(["--config"])
            let named = Set(try Self.page(name).matches(of: /--[a-z][a-z-]+/).map { String($0.output) })
            #expect(named.count > 10 && known.count > 60)
            #expect(named.subtracting(known).sorted() == [])
        }

        private static func type(_ path: [String]) -> any ParsableCommand.Type {
            var command: any ParsableCommand.Type = RootCommand.self
            for name in path {
                command = command.configuration.subcommands.first { $0._commandName == name } ?? command
            }
            return command
        }
    }
#endif
