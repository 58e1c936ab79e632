/// The element type of a stored tensor. Quantised types store blocks of elements that share their scales.
public enum GGUFTensorType: UInt32, CaseIterable, Hashable, Sendable {
    /// IEEE 754 single precision.
    case float32 = 0
    /// IEEE 754 half precision.
    case float16 = 1
    /// 4 bits and a scale for each 32 elements.
    case q40 = 2
    /// 4 bits, a scale and a least value for each 32 elements.
    case q41 = 3
    /// 5 bits and a scale for each 32 elements.
    case q50 = 6
    /// 5 bits, a scale and a least value for each 32 elements.
    case q51 = 7
    /// 8 bits and a scale for each 32 elements.
    case q80 = 8
    /// 2 bits; scales and least values of 4 bits for each 16 of 256 elements.
    case q2K = 10
    /// 3 bits; scales of 6 bits for each 16 of 256 elements.
    case q3K = 11
    /// 4 bits; scales and least values of 6 bits for each 32 of 256 elements.
    case q4K = 12
    /// 5 bits; scales and least values of 6 bits for each 32 of 256 elements.
    case q5K = 13
    /// 6 bits; scales of 8 bits for each 16 of 256 elements.
    case q6K = 14
    /// The upper half of an IEEE 754 single.
    case bfloat16 = 30

    /// The name that tools show.
    public var name: String {
        switch self {
        case .float32: "F32"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .q40: "Q4_0"
        case .q41: "Q4_1"
        case .q50: "Q5_0"
        case .q51: "Q5_1"
        case .q80: "Q8_0"
        case .q2K: "Q2_K"
        case .q3K: "Q3_K"
        case .q4K: "Q4_K"
        case .q5K: "Q5_K"
        case .q6K: "Q6_K"
        }
    }

    /// Elements of a block; a row has a whole number of blocks.
    public var blockElements: Int {
        switch self {
        case .float32, .float16, .bfloat16: 1
        case .q40, .q41, .q50, .q51, .q80: 32
        case .q2K, .q3K, .q4K, .q5K, .q6K: 256
        }
    }

    /// Bytes of a block.
    public var blockBytes: Int {
        switch self {
        case .float32: 4
        case .float16, .bfloat16: 2
        case .q40: 18
        case .q41: 20
        case .q50: 22
        case .q51: 24
        case .q80: 34
        case .q2K: 84
        case .q3K: 110
        case .q4K: 144
        case .q5K: 176
        case .q6K: 210
        }
    }

    /// Names of the types that the format knows and this reader does not, by number.
    static let otherNames: [UInt32: String] = [
        9: "Q8_1", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S",
        22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", 34: "TQ1_0",
        35: "TQ2_0", 39: "MXFP4", 40: "NVFP4",
    ]
}
