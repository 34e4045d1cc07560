// Numbers as progress lines show them. Rounded decimal text without locale or Foundation.

/// `0.809774`: fixed decimals, rounded half to even on the exact value by the shortest-digits rule.
func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : (value < 0 ? "-inf" : "inf") }
  let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
  let scaled = (value.magnitude * scale).rounded()
  guard let whole = UInt64(exactly: scaled), scaled < 9e15 else { return "\(value)" }
  let sign = value < 0 && whole > 0 ? "-" : ""
  let unit = UInt64(scale)
  let fraction = String(whole % unit)
  let zeros = String(repeating: "0", count: max(0, decimals - fraction.count))
  return decimals == 0 ? "\(sign)\(whole)" : "\(sign)\(whole / unit).\(zeros)\(fraction)"
}

/// Four significant digits: `0.0012`, `123.5`, `4.1e+07`.
func significant(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return fixed(value, 1) }
  var exponent = 0
  var rest = value.magnitude
  while rest >= 10 && exponent < 400 { (rest, exponent) = (rest / 10, exponent + 1) }
  while rest < 1 && exponent > -400 { (rest, exponent) = (rest * 10, exponent - 1) }
  if exponent < -5 || exponent > 5 {
    let power = "\(exponent < 0 ? "-" : "+")\(abs(exponent) < 10 ? "0" : "")\(abs(exponent))"
    return "\(value < 0 ? "-" : "")\(fixed(rest, 2))e\(power)"
  }
  return fixed(value, max(0, 3 - exponent))
}

/// `1 step`, `12,345 steps`
func counted(_ number: Int, _ noun: String) -> String { "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")" }

/// `12,345`
func grouped(_ number: Int) -> String {
  if number.magnitude < 1000 { return String(number) }
  var digits = ""
  for (i, digit) in String(number.magnitude).reversed().enumerated() {
    if i > 0 && i % 3 == 0 { digits.append(",") }
    digits.append(digit)
  }
  return (number < 0 ? "-" : "") + String(digits.reversed())
}

/// `0:03`, `1:02:03`
func clock(_ seconds: Double) -> String {
  let whole = Int(exactly: max(0, min(seconds, 1e9)).rounded(.down)) ?? 0
  let two = { (n: Int) in n < 10 ? "0\(n)" : "\(n)" }
  let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
  return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
}

/// `1.24 s`, `12 ms`, `35 µs`
func duration(_ seconds: Double) -> String {
  if seconds < 1e-3 { return "\(fixed(seconds * 1e6, 0)) µs" }
  if seconds < 1 { return "\(fixed(seconds * 1e3, seconds < 0.01 ? 1 : 0)) ms" }
  return seconds < 60 ? "\(fixed(seconds, 2)) s" : clock(seconds)
}

/// `20.6k`
func rate(_ perSecond: Double) -> String {
  if perSecond >= 1e6 { return fixed(perSecond / 1e6, 1) + "M" }
  return perSecond >= 1e3 ? fixed(perSecond / 1e3, 1) + "k" : fixed(perSecond, 0)
}
