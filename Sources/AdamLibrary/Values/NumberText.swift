// Numbers as text: shortest digits that read back to the same value, whole numbers without a point.

/// An f64 as `print` shows it: `3`, `0.1`, `1e-8`, `inf`.
package func numberText(_ x: Double) -> String {
  plainText(x.description, whole: Int64(exactly: x), magnitude: x.magnitude, x.sign == .minus)
}

/// An f32 as `print` shows it: the shortest digits for its own precision.
package func numberText(_ x: Float) -> String {
  plainText(
    x.description, whole: Int64(exactly: x), magnitude: Double(x.magnitude), x.sign == .minus)
}

/// Whole numbers below 10^16 in digits; exponents as `1e-8`, not `1e-08`.
private func plainText(
  _ text: String, whole: Int64?, magnitude: Double, _ isNegative: Bool
) -> String {
  if let whole, magnitude < 1e16 { return whole == 0 && isNegative ? "-0" : String(whole) }
  guard let e = text.firstIndex(of: "e") else { return text }
  let mantissa = text[..<e]
  let rest = text[text.index(after: e)...]
  let digits = rest.drop { $0 == "-" || $0 == "+" || $0 == "0" }
  let short = mantissa.hasSuffix(".0") ? mantissa.dropLast(2) : mantissa
  return short + "e" + (rest.hasPrefix("-") ? "-" : "") + digits
}
