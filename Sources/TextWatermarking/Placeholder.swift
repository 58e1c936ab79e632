enum TextWatermarkingPlaceholder {}
