import Auditing
import Marks

extension AuditPlan.SuspectKind: SettingValue {}

extension AuditPlan.TestKind: SettingValue {}

extension TriggerTargets: SettingValue {}

extension TriggerQueryForm: SettingValue {}

extension TriggerStop: SettingValue {}
