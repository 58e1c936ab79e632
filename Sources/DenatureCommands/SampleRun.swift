#if Torch
    import Foundation
    import TorchAntidistillation
    import TraceGeneration

    /// A `sample` run: from files to a file.
    struct SampleRun {
        private let command: SampleCommand

        init(_ command: SampleCommand) {
            self.command = command
        }

        /// Runs to the end, from where an earlier run stopped.
        func run(_ progress: SampleProgress) throws -> SampleReport {
            let file = try ProblemFile(path: command.prompts, limit: command.limit ?? .max)
            // Before anything that takes long: whether the output can be written at all.
            let inputs = [command.prompts, command.gradient].compactMap { $0 }
            try TraceOutput<SampleTally>.check(
                path: command.output, companion: command.keepCandidates, force: command.force, inputs: inputs)
            let teacher = try SampleModel(command.teacher, torch: command.torch, decoding: command.decoding)
            let prompts = try teacher.prompts(file.problems)
            let options = options()
            let companions = try SampleCompanions(
                command, teacher: teacher, capacity: prompts.capacity(maxNewTokens: options.maxNewTokens),
                slots: min(options.slots, prompts.problems.count * options.samplesPerProblem))
            let job = try SampleJob(
                model: teacher.model, tokenizer: teacher.tokenizer, format: teacher.format, problems: prompts,
                decoding: command.decoding.options(temperature: command.temperature), options: options,
                companions: companions.companions)
            let output = try TraceOutput(
                path: command.output, companion: command.keepCandidates, force: command.force, inputs: inputs,
                settings: try settings(file, teacher, options).merging(companions.settings) { $1 }, empty: SampleTally()
            )
            let before = output.committed.tally
            let start = progress.seconds
            let tally: SampleTally
            do {
                tally = try job.run(
                    into: output, shouldStop: { Task.isCancelled },
                    progress: { if !command.quiet { progress.update($0) } })
            } catch {
                output.discardIfEmpty()
                throw error
            }
            return SampleReport(
                tally, before: before, output: command.output, hasDrafts: options.drafts != nil,
                penalty: companions.penalty?.with(tally.penalty), watermark: companions.watermark,
                seconds: progress.seconds - start)
        }

        private func options() -> SampleOptions {
            var options = SampleOptions()
            options.seed = command.decoding.seed
            options.samplesPerProblem = command.drafts ?? command.samplesPerPrompt
            options.maxNewTokens = command.decoding.maxNewTokens
            options.slots = command.decoding.batchSize
            options.stopStrings = command.decoding.stop.map(PromptOptions.unescaped)
            options.answerForcing = command.decoding.answerForcing.map(PromptOptions.unescaped)
            options.forcesEveryAnswer = command.decoding.forceEveryAnswer
            options.keepsOnlyRight = command.filter == .correct
            options.scoresTraces = command.score
            options.keepsTokenIDs = command.withTokenIds
            options.keepsCandidates = command.keepCandidates != nil
            if command.drafts != nil {
                var drafts = DraftOptions(command.select)
                drafts.reference = command.reference
                drafts.onEmpty = command.onEmpty
                drafts.poisonWeight = command.poisonWeight
                drafts.markWeight = command.markWeight
                options.drafts = drafts
            }
            return options
        }

        /// All that the output's bytes depend on, so that no run goes on with another's output. The batch's size and the
        /// threads are not among it: they change no token.
        private func settings(
            _ file: ProblemFile, _ teacher: SampleModel, _ options: SampleOptions
        ) throws -> [String: String] {
            guard command.output != "-" else { return [:] }
            var settings = [
                "command": "sample", "prompts": file.digest, "prompt-format": teacher.format.name,
                "teacher": try ModelDigest.of(folder: command.teacher),
                "dtype": teacher.model.dtype.rawValue, "device": "\(teacher.model.device)",
                "temperature": "\(command.temperature)", "seed": "\(options.seed)",
                "max-new-tokens": "\(options.maxNewTokens)", "samples-per-prompt": "\(options.samplesPerProblem)",
                "filter": command.filter.rawValue, "score": "\(command.score)",
                "stop": "\(options.stopStrings)", "with-token-ids": "\(options.keepsTokenIDs)",
                "keep-candidates": "\(options.keepsCandidates)",
            ]
            settings["tokenizer"] = SampleModel.digest(file: teacher.tokenizer.file)
            settings["config.json"] = SampleModel.digest(file: command.teacher + "/config.json")
            settings["adapter"] = command.decoding.adapter.flatMap {
                SampleModel.digest(file: $0 + "/adapter_model.safetensors")
            }
            settings["separator"] = command.decoding.prompts.separator
            settings["top-k"] = command.decoding.topK.map { "\($0)" }
            settings["top-p"] = command.decoding.topP.map { "\($0)" }
            settings["min-p"] = command.decoding.minP.map { "\($0)" }
            settings["repetition-penalty"] = command.decoding.repetitionPenalty.map { "\($0)" }
            settings["answer-forcing"] = options.answerForcing
            if options.forcesEveryAnswer { settings["force-every-answer"] = "true" }
            if let drafts = options.drafts {
                settings["select"] = drafts.rule.rawValue
                settings["reference"] = drafts.reference.rawValue
                settings["on-empty"] = drafts.onEmpty.rawValue
                settings["weights"] = "\(drafts.poisonWeight) \(drafts.markWeight)"
            }
            return settings
        }
    }
#endif
