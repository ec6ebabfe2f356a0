// A team without samples: how to send the first.
import { Link } from "@tanstack/react-router";
import { useCan, useTeamId } from "../shell/team";
import { buttonClass } from "../ui/Button";
import { Card } from "../ui/Card";
import { CopyBlock } from "../ui/CopyBlock";
import styles from "./MetricsPage.module.css";

export function MetricsEmpty() {
  const team = useTeamId();
  const canMakeKeys = useCan("api_keys.manage");
  const host = location.origin;
  return (
    <>
      <Card title="No samples yet" note="This page follows by itself once the first have come.">
        <ol className={styles.steps}>
          <li>
            Make an API key with the scope <span className="mono">metrics:write</span>
            {canMakeKeys ? "." : ": an owner or admin of the team can."}
          </li>
          <li>Let Prometheus, or the OpenTelemetry Collector, send with it.</li>
          <li>Come back: metrics are listed here within seconds.</li>
        </ol>
        {canMakeKeys && (
          <Link to="/teams/$team/api-keys" params={{ team }} className={buttonClass("primary")}>
            API keys
          </Link>
        )}
      </Card>
      <Card title="Prometheus" note="remote write 1.0, in prometheus.yml">
        <CopyBlock label="Prometheus configuration" text={prometheusConfig(host)} />
      </Card>
      <Card title="OpenTelemetry" note="OTLP over HTTP, in the collector's configuration">
        <CopyBlock label="Collector configuration" text={collectorConfig(host)} />
      </Card>
      <p className="muted">
        Limits, answers, and what becomes of OpenTelemetry's names stand in the file{" "}
        <span className="mono">docs/metrics.md</span> that comes with the server.
      </p>
    </>
  );
}

function prometheusConfig(host: string): string {
  return [
    "remote_write:",
    `  - url: ${host}/prometheus/api/v1/write`,
    "    authorization:",
    "      credentials_file: /etc/prometheus/atalaya.key",
    "    queue_config:",
    "      retry_on_http_429: true",
  ].join("\n");
}

function collectorConfig(host: string): string {
  return [
    "exporters:",
    "  otlphttp:",
    `    metrics_endpoint: ${host}/otlp/v1/metrics`,
    "    headers:",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the collector's own way to name a variable
    '      Authorization: "Bearer ${env:ATALAYA_KEY}"',
  ].join("\n");
}
