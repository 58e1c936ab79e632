#if Torch
    import CTorch

    /// The element type of a tensor.
    public enum DType: String, CaseIterable, Hashable, Sendable {
        /// IEEE 754 single precision.
        case float32
        /// IEEE 754 double precision.
        case float64
        /// The upper half of a float32.
        case bfloat16
        /// IEEE 754 half precision.
        case float16
        /// 64-bit signed integer: token ids and indices.
        case int64
        /// 32-bit signed integer.
        case int32
        /// 8-bit unsigned integer.
        case uint8
        /// Truth value.
        case bool

        /// Bytes of one element.
        public var byteCount: Int {
            switch self {
            case .float64, .int64: 8
            case .float32, .int32: 4
            case .bfloat16, .float16: 2
            case .uint8, .bool: 1
            }
        }

        /// Whether the type holds real numbers.
        public var isFloatingPoint: Bool {
            switch self {
            case .float32, .float64, .bfloat16, .float16: true
            case .int64, .int32, .uint8, .bool: false
            }
        }

        var raw: ct_dtype {
            switch self {
            case .float32: CT_FLOAT32
            case .float64: CT_FLOAT64
            case .bfloat16: CT_BFLOAT16
            case .float16: CT_FLOAT16
            case .int64: CT_INT64
            case .int32: CT_INT32
            case .uint8: CT_UINT8
            case .bool: CT_BOOL
            }
        }

        init?(raw: Int32) {
            switch raw {
            case Int32(CT_FLOAT32.rawValue): self = .float32
            case Int32(CT_FLOAT64.rawValue): self = .float64
            case Int32(CT_BFLOAT16.rawValue): self = .bfloat16
            case Int32(CT_FLOAT16.rawValue): self = .float16
            case Int32(CT_INT64.rawValue): self = .int64
            case Int32(CT_INT32.rawValue): self = .int32
            case Int32(CT_UINT8.rawValue): self = .uint8
            case Int32(CT_BOOL.rawValue): self = .bool
            default: return nil
            }
        }
    }
#endif
