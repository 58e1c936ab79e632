import Traces

extension TraceFormat: SettingValue {}
