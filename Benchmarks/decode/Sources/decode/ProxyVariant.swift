import Antidistillation
import DecodeInternals
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
                [[pair.plus], [pair.minus]], slots: slots, capacity: capacity, epsilon: pair.epsilon)
        case .together:
            try FullProjectionSession(
                [[pair.plus, pair.minus]], slots: slots, capacity: capacity, epsilon: pair.epsilon)
        case .restricted, .lazy: try CentralDifferenceSession(pair, slots: slots, capacity: capacity)
        }
    }
}
