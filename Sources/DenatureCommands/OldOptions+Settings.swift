import Denature

// Flags that are not derived yet, as settings.

extension PromptOptions {
    var settings: PromptSettings {
        var settings = PromptSettings()
        settings.promptFormat = promptFormat
        settings.separator = separator
        return settings
    }
}

#if Torch
    extension TorchOptions {
        var settings: RuntimeSettings {
            var settings = RuntimeSettings()
            settings.device = device
            settings.threads = threads
            settings.dtype = dtypeName.flatMap(RuntimeSettings.Precision.init)
            return settings
        }
    }

    extension SwapModelOptions {
        var settings: SwapModelSettings {
            var settings = SwapModelSettings()
            settings.proxy = proxy
            settings.gradient = gradient
            settings.teacher = teacher
            settings.rhbBeta = rhbBeta
            settings.swapScope = swapScope
            settings.prompts = prompts.settings
            return settings
        }
    }
#endif
