#if Torch
    import Torch

    /// Keys and values of the tokens that several slots hold, for every block: [slots, room, Hkv, D] each.
    ///
    /// The room grows by doubling up to the capacity, so that a session for long contexts costs what is used of it.
    /// With tangents, their derivatives are kept beside them as plain tensors: they outlive the level of forward mode in
    /// which they were computed.
    final class KeyValueCache {
        /// One kind of rows: what a block computed, and its derivative.
        private struct Store {
            var primal: Tensor
            var tangent: Tensor?
        }

        private let configuration: DecoderConfiguration
        private let slots: Int
        private let capacity: Int
        private let dtype: DType
        private let device: Device
        private let hasTangents: Bool
        private var room = 0
        private var keys: [Store] = []
        private var values: [Store] = []

        init(
            _ configuration: DecoderConfiguration, slots: Int, capacity: Int, dtype: DType,
            device: Device,
            hasTangents: Bool
        ) {
            self.configuration = configuration
            self.slots = slots
            self.capacity = capacity
            self.dtype = dtype
            self.device = device
            self.hasTangents = hasTangents
        }

        /// Where token `position` of `slot` is stored, counted in rows over all slots; valid until the room grows.
        func row(slot: Int, position: Int) -> Int64 {
            Int64(slot * room + position)
        }

        /// Makes room for sequences of `length` tokens.
        func reserve(_ length: Int) throws {
            guard length > room else { return }
            var size = max(64, room)
            while size < length { size *= 2 }
            size = min(size, capacity)
            if keys.isEmpty {
                keys = try (0..<configuration.layers).map { _ in try empty(size) }
                values = try (0..<configuration.layers).map { _ in try empty(size) }
            } else {
                // Block by block, so that the old and the new cache need not both be there entirely.
                for layer in keys.indices {
                    keys[layer] = try grown(keys[layer], size)
                    values[layer] = try grown(values[layer], size)
                }
            }
            room = size
        }

        private func empty(_ size: Int) throws -> Store {
            // Zeros, because what no token has written yet is multiplied by a weight of 0, and NaN · 0 is NaN.
            func zeros() throws -> Tensor {
                try Tensor.zeros(
                    [slots, size, configuration.kvHeads, configuration.headDim], dtype: dtype, device: device)
            }
            return Store(primal: try zeros(), tangent: hasTangents ? try zeros() : nil)
        }

        private func grown(_ old: Store, _ size: Int) throws -> Store {
            let new = try empty(size)
            try new.primal.narrow(1, start: 0, length: room).copyInPlace(old.primal)
            if let from = old.tangent {
                try new.tangent?.narrow(1, start: 0, length: room).copyInPlace(from)
            }
            return new
        }

        /// Stores a block's keys and values of N tokens, [N, Hkv, D], in `rows`, int64 [N].
        func write(layer: Int, _ p: DecoderAttention.Projections, rows: Tensor, level: ForwardMode?)
            throws
        {
            try write(p.k, to: keys[layer], rows, level)
            try write(p.v, to: values[layer], rows, level)
        }

        private func write(_ x: Tensor, to store: Store, _ rows: Tensor, _ level: ForwardMode?) throws {
            let shape = [slots * room, configuration.kvHeads, configuration.headDim]
            guard let level, let tangents = store.tangent else {
                return try store.primal.reshaped(shape).indexPutInPlace([rows], x)
            }
            let (primal, tangent) = try level.unpack(x)
            try store.primal.reshaped(shape).indexPutInPlace([rows], primal)
            let change = try tangent ?? Tensor.zeros(primal.shape, dtype: dtype, device: device)
            try tangents.reshaped(shape).indexPutInPlace([rows], change)
        }

        /// A block's keys and values of the first `length` tokens of some slots, [n, length, Hkv, D].
        func read(
            layer: Int, _ selection: SlotSelection, length: Int, level: ForwardMode?
        ) throws -> (keys: Tensor, values: Tensor) {
            (
                try read(keys[layer], selection, length, level),
                try read(values[layer], selection, length, level)
            )
        }

        private func read(
            _ store: Store, _ selection: SlotSelection, _ length: Int, _ level: ForwardMode?
        ) throws -> Tensor {
            func part(_ x: Tensor) throws -> Tensor {
                try selection.apply(to: x.narrow(1, start: 0, length: length))
            }
            guard let level, let tangent = store.tangent else { return try part(store.primal) }
            return try level.makeDual(part(store.primal), part(tangent))
        }
    }

    /// Which slots, in which order.
    struct SlotSelection {
        /// Slots that follow each other need no copy.
        private let run: Range<Int>?
        private let index: Tensor

        init(_ slots: [Int], device: Device) throws {
            let first = slots.first ?? 0
            run = slots == Array(first..<first + slots.count) ? first..<first + slots.count : nil
            index = try Tensor(slots.map(Int64.init)).to(device)
        }

        func apply(to x: Tensor) throws -> Tensor {
            if let run { return try x.narrow(0, start: run.lowerBound, length: run.count) }
            return try x.indexSelect(0, index)
        }
    }
#endif
