// A QR code as SVG: one path, no styles and no scripts. Pure; any thread.
#pragma once

#include <string>

namespace atalaya::second_factor {

/// `text` has at most a few hundred bytes; a longer one than any QR code holds is a LogicFault.
std::string draw_qr_code(const std::string& text);

} // namespace atalaya::second_factor
