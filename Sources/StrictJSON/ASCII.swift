/// Classes of ASCII bytes, for every scanner of text.
extension UInt8 {
    /// `0` to `9`.
    @inlinable package var isASCIIDigit: Bool { self &- 0x30 < 10 }

    /// `A` to `Z` and `a` to `z`.
    @inlinable package var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// `A` to `Z`.
    @inlinable package var isASCIIUpper: Bool { self &- 0x41 < 26 }

    /// `a` to `z`.
    @inlinable package var isASCIILower: Bool { self &- 0x61 < 26 }

    /// Space, tab, and the line breaks of ASCII.
    @inlinable package var isASCIISpace: Bool { self == 0x20 || self &- 0x09 < 5 }

    /// A letter in lower case; any other byte itself.
    @inlinable package var asciiLowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// The value of a hexadecimal digit of either case.
    @inlinable package var hexDigitValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}
