import Foundation

/// What the machine does with the same bytes when nothing is computed.
public enum Baselines {
    /// MB/s of memcpy over two 16 MiB buffers, the best of several passes.
    public static func memcpyRate() -> Double {
        let count = 16 << 20
        let source = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 4096)
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 4096)
        defer {
            source.deallocate()
            target.deallocate()
        }
        source.initializeMemory(as: UInt8.self, repeating: 1)
        var best = 0.0
        for _ in 0..<16 {
            let time = ContinuousClock().measure { target.copyMemory(from: UnsafeRawBufferPointer(source)) }
            best = max(best, Double(count) / 1e6 / (time / .seconds(1)))
        }
        return best
    }

    /// MB/s of reading a file in 1 MiB pieces.
    public static func readRate(_ path: String) throws -> Double {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw ChildRun.Failure(description: "cannot read \(path)") }
        defer { close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var total = 0
        let time = ContinuousClock().measure {
            while true {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count <= 0 { break }
                total += count
            }
        }
        return Double(total) / 1e6 / (time / .seconds(1))
    }
}
