import ArgumentParser
import KeyedPRF

/// `--keyring`, as commands on keyrings take it.
struct KeyringOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The keyring: a file (mode 0600), env:NAME, or command:COMMAND whose output is the keyring.",
            valueName: "keyring"))
    var keyring: String

    var source: Keyring.Source { Keyring.Source(argument: keyring) }

    func load() throws -> Keyring { try Keyring.load(source) }
}
