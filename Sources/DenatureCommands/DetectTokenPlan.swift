import KeyedPRF
import Marks

/// From options to the tests of token ids.
struct DetectTokenPlan {
    typealias Test = (configuration: TokenTestConfiguration, keys: [TokenTestKey])

    static let schemeNames = [
        "green", "fingerprint", "gumbel", "tournament", "vllm-gumbel", "vllm-dual-key-gumbel", "synthid",
    ]

    let options: DetectTokenOptions
    let scheme: String?
    let keyring: String?
    let tenant: String?
    let epoch: String?
    let alpha: Double?

    func tests() throws -> [Test] {
        var engine = DetectEngineConfiguration()
        var names = try scheme.map(Self.names)
        if let path = options.watermarkConfig {
            engine = try DetectEngineConfiguration.load(path)
            if let named = try engine.scheme(in: path) {
                if let names, names != [named] {
                    throw CommandFailure.usage("--scheme contradicts the algorithm of \(path)")
                }
                names = [named]
            }
        }
        guard let names, !names.isEmpty else {
            throw CommandFailure.usage("--scheme is needed: one or more of \(Self.schemeNames.joined(separator: ", "))")
        }
        let native = names.filter { TokenWatermarkScheme(rawValue: $0) != nil }
        var subkeys: [Subkey] = []
        if !native.isEmpty {
            guard let keyring else { throw CommandFailure.usage("--keyring is needed for \(native[0])") }
            subkeys = try DetectionKeys.select(
                from: DetectionKeys.keyring(keyring), purposes: [.token], tenant: tenant, epoch: epoch)
        }
        var engineKeys: [TokenTestKey] = []
        if native.count < names.count {
            guard let key = options.key ?? engine.key else {
                throw CommandFailure.usage("--key is needed for the serving engine's schemes")
            }
            engineKeys = [.engine(try options.engineKey(key))]
        }
        return try names.map { name in
            let isNative = native.contains(name)
            return (
                try configuration(name, isNative ? DetectEngineConfiguration() : engine),
                isNative ? subkeys.map { .subkey($0) } : engineKeys
            )
        }
    }

    private static func names(_ list: String) throws -> [String] {
        let names = list.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
        for name in names where !schemeNames.contains(name) {
            throw CommandFailure.usage(
                "--scheme '\(name)' is not a mark of tokens; choose from \(schemeNames.joined(separator: ", "))")
        }
        guard Set(names).count == names.count else { throw CommandFailure.usage("--scheme names a scheme twice") }
        return names
    }

    private func configuration(_ name: String, _ engine: DetectEngineConfiguration) throws -> TokenTestConfiguration {
        let prfName = options.prf ?? engine.prf ?? EnginePRFName.philox.rawValue
        guard let prf = EnginePRFName(rawValue: prfName) else {
            throw CommandFailure.usage("the function '\(prfName)' is not one of philox, hmac_sha256")
        }
        let scheme: TokenTestScheme
        switch name {
        case "green": scheme = .green(gamma: options.gamma ?? 0.25)
        case "fingerprint": scheme = .fingerprint(gamma: options.gamma ?? 0.5)
        case "gumbel": scheme = .gumbel
        case "tournament": scheme = .tournament(layers: options.depth ?? 30)
        case "vllm-gumbel": scheme = .engineGumbel(prf)
        case "vllm-dual-key-gumbel": scheme = .engineDualKeyGumbel(prf, alpha: alpha ?? engine.alpha ?? 0.1)
        default:
            guard prf == .philox else { throw CommandFailure.usage("synthid uses philox only") }
            scheme = .engineSynthID(depth: options.depth ?? engine.depth ?? 32)
        }
        do {
            return try TokenTestConfiguration(
                scheme, width: options.contextWidth ?? engine.contextWidth ?? 4, deduplicates: !options.noDedup)
        } catch {
            throw CommandFailure.usage("--scheme \(name): \(error)")
        }
    }
}
