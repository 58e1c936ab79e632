import Foundation
import Yams

/// `--config FILE`: a YAML mapping from long option names to values, for jobs with many flags. Options on the command
/// line come after it and so win.
enum ConfigurationFile {
    /// Replaces `--config FILE` by the options the file holds.
    static func expand(_ arguments: [String]) throws -> (arguments: [String], file: String?) {
        guard let position = arguments.firstIndex(where: { $0 == "--config" || $0.hasPrefix("--config=") }),
            !arguments[..<position].contains("--")
        else { return (arguments, nil) }
        var rest = arguments
        let path: String
        if arguments[position] == "--config" {
            guard position + 1 < arguments.count else {
                throw CommandFailure.usage("--config needs the path of a YAML file")
            }
            path = arguments[position + 1]
            rest.removeSubrange(position...(position + 1))
        } else {
            path = String(arguments[position].dropFirst("--config=".count))
            rest.remove(at: position)
        }
        let options = try options(of: path)
        // The file's options go right after the names of commands and sub-commands.
        var depth = 0
        var commands = RootCommand.configuration.subcommands
        while depth < rest.count, let command = commands.first(where: { $0._commandName == rest[depth] }) {
            depth += 1
            commands = command.configuration.subcommands
        }
        let given = Set(rest.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) })
        rest.insert(contentsOf: options.filter { !given.contains($0.name) }.flatMap(\.arguments), at: depth)
        return (rest, path)
    }

    private struct Option {
        var name: String
        var arguments: [String]
    }

    private static func options(of path: String) throws -> [Option] {
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(validating: data, as: UTF8.self)
        else { throw CommandFailure.usage("\(path): cannot be read as a UTF-8 file") }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw CommandFailure.usage("\(path): not YAML: \(error)")
        }
        guard case .mapping(let mapping)? = node else {
            throw CommandFailure.usage("\(path): must be a mapping from option names to values")
        }
        var options: [Option] = []
        for (key, value) in mapping {
            guard let name = key.string, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
            else {
                throw CommandFailure.usage("\(path):\(key.mark?.line ?? 1): an option name is expected")
            }
            let flag = "--" + name.replacing("_", with: "-")
            switch value {
            case .scalar(let scalar):
                if let bool = value.bool, scalar.style == .any || scalar.style == .plain {
                    if bool { options.append(Option(name: flag, arguments: [flag])) }
                } else {
                    options.append(Option(name: flag, arguments: [flag, scalar.string]))
                }
            case .sequence(let sequence):
                let items = sequence.compactMap(\.string)
                options.append(Option(name: flag, arguments: [flag, items.joined(separator: ",")]))
            default:
                throw CommandFailure.usage("\(path):\(key.mark?.line ?? 1): '\(name)' must be a value or a list")
            }
        }
        return options
    }
}
