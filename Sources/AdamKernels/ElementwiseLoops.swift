// Loops of the long formulas. Each has its own function: inside the table's switch the compiler
// would call a formula lane group by lane group, in registers of a quarter of the width.
import AdamFormulas

private typealias V = Lane16

@inline(never)
func expLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.exp(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func logLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.log(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func sinLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.sin(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func cosLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.cos(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func floorLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.floor(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func roundLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.round(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func tanhLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.tanh(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func sigmoidLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.sigmoid(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func geluErfLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.geluErf(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func geluTanhLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.geluTanh(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func erfLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.erf(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func expm1Loop(_ x: Call) {
  for g in 0..<x.groups { store16(V.expm1(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func log1pLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.log1p(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func ceilLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.ceil(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func truncLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.trunc(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func signLoop(_ x: Call) {
  for g in 0..<x.groups { store16(V.sign(load16(x.a + g &* 16)), x.d + g &* 16) }
}

@inline(never)
func geluErfGradLoop(_ x: Call) {
  for g in 0..<x.groups {
    let at = g &* 16
    store16(V.geluErfGrad(load16(x.a + at), load16(x.b + at)), x.d + at)
  }
}

@inline(never)
func geluTanhGradLoop(_ x: Call) {
  for g in 0..<x.groups {
    let at = g &* 16
    store16(V.geluTanhGrad(load16(x.a + at), load16(x.b + at)), x.d + at)
  }
}

@inline(never)
func bceWithLogitsLoop(_ x: Call) {
  for g in 0..<x.groups {
    let at = g &* 16
    store16(V.bceWithLogits(load16(x.a + at), load16(x.b + at)), x.d + at)
  }
}

@inline(never)
func bceWithLogitsGradLoop(_ x: Call) {
  for g in 0..<x.groups {
    let at = g &* 16
    let difference = V.sigmoid(load16(x.a + at)) - load16(x.b + at)
    store16((difference * load16(x.c + at)) / x.immediate, x.d + at)
  }
}
