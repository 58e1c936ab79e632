enum DenatureCommandsPlaceholder {}
