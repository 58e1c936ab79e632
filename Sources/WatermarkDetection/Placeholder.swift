enum WatermarkDetectionPlaceholder {}
