// The way to the server over HTTPS. Used by the sending thread alone; blocks up to its timeouts.
// The constructor reads the authorities (as root, if started so) and throws std::invalid_argument
// for an address, authority or pin that cannot work.
#pragma once

#include "agent/config.hpp"
#include "agent/courier.hpp"
#include "net/client.hpp"

namespace atalaya::agent {

class HttpsLink final : public Link {
  public:
    explicit HttpsLink(const Config& config);
    Answer push(BytesView frame) override;

  private:
    net::HttpClient client_;
    Secret token_;
};

} // namespace atalaya::agent
