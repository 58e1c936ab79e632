#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension [UInt8] {
    /// Adds zeros as one block of memory: one byte after the other, a megabyte takes a third of a second where nothing is
    /// optimised.
    package mutating func appendZeros(_ zeros: Int) {
        let old = self
        self = [UInt8](unsafeUninitializedCapacity: old.count + zeros) { bytes, initialized in
            guard let base = bytes.baseAddress else { return }
            old.withUnsafeBytes { source in
                if let source = source.baseAddress { memcpy(base, source, old.count) }
            }
            memset(base + old.count, 0, zeros)
            initialized = old.count + zeros
        }
    }
}
