#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Looks for bytes in bytes.
enum ByteSearch {
    /// The offset of the first occurrence at or after `start`.
    static func first(_ pattern: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard !pattern.isEmpty, start >= 0, bytes.count - start >= pattern.count, let base = bytes.baseAddress else {
            return nil
        }
        return pattern.withUnsafeBytes { needle in
            guard let begin = needle.baseAddress else { return nil }
            let last = bytes.count - needle.count
            var index = start
            while index <= last, let hit = memchr(base + index, Int32(needle[0]), last - index + 1) {
                index = UnsafeRawPointer(hit) - base
                if memcmp(base + index, begin, needle.count) == 0 { return index }
                index += 1
            }
            return nil
        }
    }
}
