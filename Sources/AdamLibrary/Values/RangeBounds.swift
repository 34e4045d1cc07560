// What a range may run between, for the VM and the checker alike.
import AdamSource

extension Double {
  /// A whole number within ±2⁵³: beyond, the numbers between are no longer one apart.
  package var isWholeBound: Bool { self == rounded() && abs(self) <= 0x1p53 }
}

extension Value {
  /// An end of a range. Throws E0220 for everything but a whole number within ±2⁵³.
  /// - Parameter span: of the range.
  package func rangeBound(at span: Span) throws(Diagnostic) -> Double {
    if let x = exactNumber, x.isWholeBound { return x }
    let isWhole = exactNumber.map { $0 == $0.rounded() } ?? false
    throw ValueError.conversion(
      "a range goes from whole number to whole number\(isWhole ? " within ±2^53" : ""), found \(foundText)", at: span)
  }
}
