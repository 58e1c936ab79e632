/// Ids of pieces met before: a direct-mapped table of bounded size whose entries carry the piece, so that a hash
/// collision costs time and never a wrong id.
struct PieceCache {
    static let longestPiece = 48
    private static let slotCount = 1 << 14
    private static let arenaLimit = 1 << 20

    private struct Slot {
        var hash: UInt64 = 0
        var byteStart: UInt32 = 0
        var idStart: UInt32 = 0
        var byteCount: UInt16 = 0
        var idCount: UInt16 = 0
    }

    private var slots = [Slot](repeating: Slot(), count: slotCount)
    private var bytes: [UInt8] = []
    private var ids: [Int32] = []

    /// Appends the ids of `piece` to `out` if it is known.
    @inline(__always)
    func append(_ piece: UnsafeBufferPointer<UInt8>, hash: UInt64, to out: inout [Int32]) -> Bool {
        let slot = slots[Int(truncatingIfNeeded: hash) & (Self.slotCount - 1)]
        guard slot.hash == hash, Int(slot.byteCount) == piece.count, slot.byteCount > 0 else { return false }
        let start = Int(slot.byteStart)
        for i in 0..<piece.count where bytes[start + i] != piece[i] { return false }
        for i in Int(slot.idStart)..<Int(slot.idStart) + Int(slot.idCount) { out.append(ids[i]) }
        return true
    }

    /// Remembers the ids of a piece of 1 to `longestPiece` bytes; forgets everything once the bound is reached.
    mutating func insert(_ piece: UnsafeBufferPointer<UInt8>, hash: UInt64, ids new: ArraySlice<Int32>) {
        if bytes.count + piece.count > Self.arenaLimit {
            slots = [Slot](repeating: Slot(), count: Self.slotCount)
            bytes.removeAll(keepingCapacity: true)
            ids.removeAll(keepingCapacity: true)
        }
        slots[Int(truncatingIfNeeded: hash) & (Self.slotCount - 1)] = Slot(
            hash: hash, byteStart: UInt32(bytes.count), idStart: UInt32(ids.count), byteCount: UInt16(piece.count),
            idCount: UInt16(new.count))
        bytes.append(contentsOf: piece)
        ids.append(contentsOf: new)
    }
}
