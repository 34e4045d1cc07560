// Convolutional networks as scripts write them. The losses are PyTorch 2.13's for the same script.
import AdamTestSupport
import Testing

@Suite struct ConvolutionTests {
  @Test func `a small convnet trains as in PyTorch`() {
    let run = ScriptRun(
      """
      seed 0
      x = rand(64, 1, 8, 8)
      data = (x, mean(x.reshape(64, 64), axis=1).reshape(64, 1))
      model = seq(conv2d(1, 8, 3, padding=1), relu, max_pool2d(2), conv2d(8, 16, 3), relu, flatten, linear(_, 1))
      opt = adam(lr=1e-2)
      on epoch every 5 { print "{loss:.6f}" }
      train 20
      """)
    #expect(run.output == "0.053568\n0.016769\n0.008178\n0.004263\n", "\(run.messages)")
  }

  @Test func `channels that do not fit are counted in words`() {
    let run = ScriptRun("m = seq(conv2d(1, 4, 3), relu, conv2d(3, 4, 3))")
    #expect(run.messages.count == 1)
    #expect(run.messages.first?.contains("layer 3 takes 3 channels but layer 2 produces 4") == true)
  }

  @Test func `no images and images without rows have gradients`() {
    let run = ScriptRun(
      """
      m = conv2d(1, 40, 3)
      g = grad(fn(m) sum(m(zeros(0, 1, 8, 8))), m)
      print sum(abs(g.weight)), g.bias.shape
      n = conv2d(1, 4, 3, padding=2)
      print grad(fn(x) sum(n(x)), zeros(16, 1, 0, 8)).shape
      """)
    #expect(run.output == "0 [40]\n[16, 1, 0, 8]\n", "\(run.messages)")
  }

  @Test func `an image of more elements than offsets reach is refused`() {
    let run = ScriptRun(
      "print conv2d(1, 1, (2, 1), padding=(500000, 1100), dilation=(1000000, 1))(zeros(1, 1, 1, 1)).shape")
    #expect(run.outcome == .failed && run.messages.count == 1)
    #expect(run.messages.first?.contains("[1, 1000001, 2201]") == true, "\(run.messages)")
  }

  @Test(arguments: [
    ("conv2d(1, 4, 9)(zeros(2, 1, 8, 8))", "covers 9 rows at a time, and [2, 1, 8, 8] has 8"),
    ("conv2d(3, 4, 3, groups=2)", "3 is no multiple of 2"),
    ("conv2d(1, 4, (3, 2.5))", "whole numbers"),
    ("max_pool2d(2, padding=2)(zeros(2, 1, 8, 8))", "at most half its window"),
    ("conv2d(1, 4, 3)(zeros(2, 8))", "[2, 8]"),
  ])
  func `windows that do not fit are errors`(script: String, message: String) {
    let run = ScriptRun("print \(script)")
    #expect(run.outcome == .failed && run.messages.count == 1)
    #expect(run.messages.first?.contains(message) == true, "\(run.messages)")
  }
}
