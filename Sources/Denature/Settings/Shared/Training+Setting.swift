import Antidistillation
import TrainingExamples

extension LearningRateSchedule: SettingValue {}

extension LearntTokens: SettingValue {}

extension TooLongPolicy: SettingValue {}

extension LossAverage: SettingValue {}

extension LossTokens: SettingValue {}
