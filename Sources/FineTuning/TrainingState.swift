#if Torch
    import Foundation
    import Safetensors
    import Torch

    /// A run's state between two steps in one file, so that it is there as a whole or not at all.
    ///
    /// The order of the examples follows from seed and step, so that nothing else that is random need be kept.
    struct TrainingState {
        /// What must be equal for a run to go on: options, data, model.
        typealias Identity = [String: String]

        private static let kind = "denature-training-state-1"
        private static let parts = ["parameter", "mean", "square"]

        /// Writes the state of a trainer; the file replaces an older one in one step.
        static func write(_ trainer: Trainer, identity: Identity, to path: String) throws {
            let groups = [trainer.masters, trainer.means, trainer.squares]
            var declarations: [TensorDeclaration] = []
            var tensors: [String: Tensor] = [:]
            for (part, group) in zip(parts, groups) {
                for (name, tensor) in zip(trainer.names, group) {
                    declarations.append(
                        TensorDeclaration(name: "\(part).\(name)", dtype: .float32, shape: tensor.shape))
                    tensors["\(part).\(name)"] = tensor
                }
            }
            var metadata = identity
            metadata["kind"] = kind
            metadata["step"] = String(trainer.step)
            try SafetensorsWriter.write(to: path, tensors: declarations, metadata: metadata, replacing: true) {
                info, append in
                try tensors[info.name]?.withBytes { try append($0) }
            }
        }

        /// The step that a file holds, after checking that it belongs to this run.
        ///
        /// - Throws: ``FineTuningError`` with code `stateMismatch` that names what differs; `SafetensorsError`.
        static func read(into trainer: Trainer, identity: Identity, from path: String) throws {
            // Copied, since the file is replaced while the run goes on.
            let file = try SafetensorsFile(path: path, access: .copied)
            guard file.metadata["kind"] == kind, let step = file.metadata["step"].flatMap(Int.init), step >= 0 else {
                throw FineTuningError(.unreadable, "\(path): is not the state of a training run")
            }
            // Both ways: what the run that stopped had and this one has not is a difference too.
            let names = Set(identity.keys).union(file.metadata.keys).subtracting(["kind", "step"])
            if let key = names.sorted().first(where: { identity[$0] != file.metadata[$0] }) {
                throw FineTuningError(
                    .stateMismatch,
                    "\(path): the run that stopped here had other \(key): \(file.metadata[key] ?? "none")")
            }
            let groups = [trainer.masters, trainer.means, trainer.squares]
            for (part, group) in zip(parts, groups) {
                for (name, tensor) in zip(trainer.names, group) {
                    let info = try file.info("\(part).\(name)")
                    guard info.shape == tensor.shape, info.dtype == .float32 else {
                        throw FineTuningError(.stateMismatch, "\(path): \(info.name) has shape \(info.shape)")
                    }
                    let values = try file.withTensorBytes(info.name) {
                        try Tensor(bytes: $0, dtype: .float32, shape: info.shape)
                    }
                    try Autograd.noGrad { try tensor.copyInPlace(values) }
                }
            }
            trainer.step = step
            try trainer.copyMasters()
        }
    }
#endif
