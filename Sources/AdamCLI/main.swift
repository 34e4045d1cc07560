import AdamKit
import ArgumentParser
