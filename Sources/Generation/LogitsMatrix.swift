/// Raw logits, row-major [rows × columns]. Its storage is kept between steps: growing back to a former size is free.
public struct LogitsMatrix: Sendable {
    /// The number of rows: one per chunk that was fed.
    public private(set) var rows = 0
    /// The number of columns: the model's vocabulary.
    public private(set) var columns = 0
    private var storage: [Float] = []

    /// An empty matrix.
    public init() {}

    /// A matrix of zeros.
    public init(rows: Int, columns: Int) {
        resize(rows: rows, columns: columns)
    }

    /// Gives the matrix another size. The contents are unspecified afterwards.
    public mutating func resize(rows: Int, columns: Int) {
        self.rows = max(0, rows)
        self.columns = max(0, columns)
        let count = self.rows * self.columns
        if storage.count < count {
            storage.append(contentsOf: repeatElement(0, count: count - storage.count))
        }
    }

    /// Lends one row, of `columns` numbers; an empty buffer for a row that is not there.
    public func withRow<Result>(_ row: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try storage.withUnsafeBufferPointer { all in
            try body(
                row >= 0 && row < rows
                    ? .init(rebasing: all[row * columns..<(row + 1) * columns]) : .init(start: nil, count: 0))
        }
    }

    /// Lends all rows × columns numbers for reading.
    public func withUnsafeBuffer<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try storage.withUnsafeBufferPointer { try body(.init(rebasing: $0[..<(rows * columns)])) }
    }

    /// Lends all rows × columns numbers for writing.
    public mutating func withUnsafeMutableBuffer<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        let count = rows * columns
        return try storage.withUnsafeMutableBufferPointer { try body(.init(rebasing: $0[..<count])) }
    }
}
