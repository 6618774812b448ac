"""Programs printed for elsewhere, and proved there: C, Python, JavaScript, ONNX, spreadsheets."""
