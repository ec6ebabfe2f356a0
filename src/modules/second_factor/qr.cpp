#include "modules/second_factor/qr.hpp"

#include "base/check.hpp"

#include <memory>
#include <qrencode.h>

namespace atalaya::second_factor {

std::string draw_qr_code(const std::string& text) {
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), &QRcode_free);
    CHECK_REQUEST(code != nullptr);
    constexpr int margin = 4; // the quiet zone that the standard asks for
    const int width = code->width;
    std::string path;
    for (int y = 0; y < width; ++y) {
        for (int x = 0; x < width; ++x) {
            if (!(code->data[y * width + x] & 1))
                continue;
            path +=
                "M" + std::to_string(x + margin) + " " + std::to_string(y + margin) + "h1v1h-1z";
        }
    }
    const std::string size = std::to_string(width + 2 * margin);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + " " + size +
           "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h" + size + "v" + size +
           "H0z\"/><path fill=\"#000\" d=\"" + path + "\"/></svg>";
}

} // namespace atalaya::second_factor
