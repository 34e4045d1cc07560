// Bodies that are still to come.
import AdamKernelABI

enum Tile {
  static let columns = 32
  static let blockRows = 96
  static let blockColumns = 256
}

func elementwise(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func fill(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func gemmPack(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func gemm(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func dot16(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func sumLast(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func sumFirst(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func extreme(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func softmax(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func logSoftmax(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func softmaxGrad(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func logSoftmaxGrad(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func nllLoss(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func nllLossGrad(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func mseLoss(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func bceWithLogits(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func stridedCopy(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func indexSelect(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func indexAdd(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func adam(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func adamw(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
func sgd(_ arguments: UnsafeRawPointer, _ begin: Int, _ end: Int) {}
