import AntidistillationSampling
import Generation
import TorchAntidistillation
import TorchModels

/// How the two perturbed copies are run: each step towards the last one saves something.
enum ProxyVariant: String, CaseIterable, Codable {
    /// One after the other, whole vocabulary: what the method asks for.
    case separate
    /// Both in one pass, whole vocabulary.
    case together
    /// Both in one pass, only the scores of the truncated support.
    case restricted
    /// The same, and not at all while only one token can be sampled. What `denature sample` does.
    case lazy

    var isLazy: Bool { self == .lazy }

    func makeSession(_ pair: PerturbedPair, slots: Int, capacity: Int) throws -> any DirectionalDerivativeSession {
        switch self {
        case .separate:
            try FullProjectionSession(
                decoders: [pair.plus, pair.minus].map {
                    try FusedDecoder(models: [$0], slots: slots, capacity: capacity)
                }, epsilon: pair.epsilon)
        case .together:
            try FullProjectionSession(
                decoders: [FusedDecoder(models: [pair.plus, pair.minus], slots: slots, capacity: capacity)],
                epsilon: pair.epsilon)
        case .restricted, .lazy: try CentralDifferenceSession(pair, slots: slots, capacity: capacity)
        }
    }
}

/// Δ from the logits of the whole vocabulary.
private final class FullProjectionSession: DirectionalDerivativeSession {
    /// Two of one model, or one of two.
    private let decoders: [FusedDecoder]
    private let scale: Float
    private var logits: [LogitsMatrix]

    init(decoders: [FusedDecoder], epsilon: Double) throws {
        self.decoders = decoders
        scale = Float(0.5 / epsilon)
        logits = decoders.map { _ in LogitsMatrix() }
    }

    func extend(_ chunks: [DecodingChunk], candidates: [[Int32]]) throws -> [[Float]] {
        for i in decoders.indices { try decoders[i].extend(chunks, into: &logits[i]) }
        let (last, offset) = decoders.count == 2 ? (1, 0) : (0, chunks.count)
        return candidates.enumerated().map { row, tokens in
            logits[0].withRow(row) { plus in
                logits[last].withRow(offset + row) { minus in
                    tokens.map { (plus[Int($0)] - minus[Int($0)]) * scale }
                }
            }
        }
    }

    func reset(slot: Int) {
        for decoder in decoders { decoder.reset(slot: slot) }
    }
}
