CREATE OR REPLACE FUNCTION public.chain_link(link bytea, head bytea, content bytea)
 RETURNS bytea
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN sha256((COALESCE(link, head) || content))
;

CREATE OR REPLACE FUNCTION public.take_rate_slots(gates text[], intervals double precision[], wanted integer, lead double precision, horizon double precision, slack double precision, OUT now_ms double precision, OUT slots double precision[], OUT ask_again double precision)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
  DECLARE
    nexts  float8[];
    pace   float8;
    at     float8;
  BEGIN
    LOOP
      SELECT array_agg(1000 * extract(epoch FROM locked.next_slot_at)::float8 ORDER BY locked.n) INTO nexts
      FROM (SELECT r.next_slot_at, g.n
            FROM unnest(gates) WITH ORDINALITY AS g(gate, n) JOIN rate_gates r ON r.gate = g.gate
            ORDER BY g.gate FOR UPDATE OF r) AS locked;
      EXIT WHEN cardinality(nexts) = cardinality(gates);
      INSERT INTO rate_gates (gate, next_slot_at)
      SELECT g.gate, clock_timestamp() FROM unnest(gates) AS g(gate) ORDER BY g.gate ON CONFLICT DO NOTHING;
    END LOOP;

    now_ms := 1000 * extract(epoch FROM clock_timestamp())::float8;
    FOR g IN 1..cardinality(nexts) LOOP
      IF nexts[g] > now_ms + 10000 + intervals[g] THEN nexts[g] := now_ms; END IF;
    END LOOP;
    slots := '{}';
    pace := greatest(nexts[1], now_ms + lead);
    FOR k IN 1..wanted LOOP
      at := pace;
      FOR g IN 2..cardinality(gates) LOOP at := greatest(at, nexts[g]); END LOOP;
      EXIT WHEN at > now_ms + horizon OR at - pace > slack;
      slots := slots || at;
      pace := pace + intervals[1];
      FOR g IN 2..cardinality(gates) LOOP nexts[g] := greatest(nexts[g], at - slack) + intervals[g]; END LOOP;
    END LOOP;

    ask_again := pace - horizon / 2;
    FOR g IN 2..cardinality(gates) LOOP ask_again := greatest(ask_again, nexts[g] - lead - slack); END LOOP;
    IF cardinality(slots) > 0 THEN
      nexts[1] := pace;
      UPDATE rate_gates r SET next_slot_at = to_timestamp(nexts[g.n] / 1000)
      FROM unnest(gates) WITH ORDINALITY AS g(gate, n) WHERE r.gate = g.gate;
    END IF;
  END $function$
;

CREATE TABLE account_audit (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  actor_kind text NOT NULL,
  actor_id uuid,
  action text NOT NULL,
  subject text NOT NULL,
  details jsonb DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT account_audit_pk PRIMARY KEY (account_id, id),
  CONSTRAINT account_audit_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT account_audit_actor_kind CHECK ((actor_kind = ANY (ARRAY['user'::text, 'api_key'::text, 'staff'::text, 'system'::text])))
);

CREATE TABLE account_tariffs (
  account_id uuid NOT NULL,
  valid_from timestamp with time zone NOT NULL,
  tariff_id uuid NOT NULL,
  traffic text DEFAULT 'platform'::text NOT NULL,
  CONSTRAINT account_tariffs_pk PRIMARY KEY (account_id, traffic, valid_from),
  CONSTRAINT account_tariffs_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT account_tariffs_tariff_fk FOREIGN KEY (tariff_id) REFERENCES tariffs(id),
  CONSTRAINT account_tariffs_traffic CHECK ((traffic = ANY (ARRAY['platform'::text, 'own'::text])))
);

CREATE TABLE accounts (
  id uuid NOT NULL,
  portal_id uuid,
  kind text NOT NULL,
  status text DEFAULT 'active'::text NOT NULL,
  name text NOT NULL,
  external_id text,
  country character(2) NOT NULL,
  currency character(3) NOT NULL,
  locale text DEFAULT 'en'::text NOT NULL,
  time_zone text NOT NULL,
  default_sender text NOT NULL,
  sending_window jsonb,
  email text,
  phone text,
  address text,
  status_reason text,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  on_insufficient_funds text DEFAULT 'partial'::text NOT NULL,
  rate_per_second integer,
  recipient_hours jsonb,
  CONSTRAINT accounts_pk PRIMARY KEY (id),
  CONSTRAINT accounts_portal_fk FOREIGN KEY (portal_id) REFERENCES portals(id),
  CONSTRAINT accounts_address_length CHECK (((length(address) >= 1) AND (length(address) <= 500))),
  CONSTRAINT accounts_country CHECK ((country ~ '^[A-Z]{2}$'::text)),
  CONSTRAINT accounts_currency CHECK ((currency = ANY (ARRAY['RUB'::bpchar, 'EUR'::bpchar, 'PLN'::bpchar, 'USD'::bpchar, 'CRD'::bpchar]))),
  CONSTRAINT accounts_default_sender_length CHECK (((length(default_sender) >= 1) AND (length(default_sender) <= 20))),
  CONSTRAINT accounts_email_length CHECK (((length(email) >= 3) AND (length(email) <= 254))),
  CONSTRAINT accounts_external_id_length CHECK (((length(external_id) >= 1) AND (length(external_id) <= 255))),
  CONSTRAINT accounts_kind CHECK ((kind = ANY (ARRAY['customer'::text, 'platform'::text]))),
  CONSTRAINT accounts_locale CHECK ((locale = ANY (ARRAY['en'::text, 'ru'::text, 'pl'::text, 'el'::text]))),
  CONSTRAINT accounts_name_length CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT accounts_on_insufficient_funds CHECK ((on_insufficient_funds = ANY (ARRAY['partial'::text, 'wait'::text]))),
  CONSTRAINT accounts_phone CHECK ((phone ~ '^[1-9][0-9]{6,14}$'::text)),
  CONSTRAINT accounts_rate_per_second CHECK (((rate_per_second >= 1) AND (rate_per_second <= 100000))),
  CONSTRAINT accounts_recipient_hours CHECK ((jsonb_typeof(recipient_hours) = 'object'::text)),
  CONSTRAINT accounts_status CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'closed'::text]))),
  CONSTRAINT accounts_status_reason_length CHECK (((length(status_reason) >= 1) AND (length(status_reason) <= 500)))
);

CREATE TABLE act_closings (
  account_id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  month date NOT NULL,
  wallet_id uuid NOT NULL,
  through_seq bigint NOT NULL,
  revenue_micros bigint DEFAULT 0 NOT NULL,
  acted_micros bigint DEFAULT 0 NOT NULL,
  carried_micros bigint DEFAULT 0 NOT NULL,
  awaiting_micros bigint DEFAULT 0 NOT NULL,
  elsewhere_micros bigint DEFAULT 0 NOT NULL,
  promotional_micros bigint DEFAULT 0 NOT NULL,
  unpaid_micros bigint DEFAULT 0 NOT NULL,
  closed_at timestamp with time zone NOT NULL,
  CONSTRAINT act_closings_pk PRIMARY KEY (account_id, legal_entity_id, month),
  CONSTRAINT act_closings_entity_fk FOREIGN KEY (legal_entity_id) REFERENCES legal_entities(id),
  CONSTRAINT act_closings_wallet_fk FOREIGN KEY (account_id, wallet_id) REFERENCES wallets(account_id, id),
  CONSTRAINT act_closings_equation CHECK ((revenue_micros = (((((acted_micros + carried_micros) + awaiting_micros) + elsewhere_micros) + promotional_micros) + unpaid_micros))),
  CONSTRAINT act_closings_month CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);

CREATE TABLE act_lines (
  account_id uuid NOT NULL,
  act_id uuid NOT NULL,
  line_no smallint NOT NULL,
  usage_month date NOT NULL,
  service text NOT NULL,
  quantity bigint NOT NULL,
  vat_rate_bps integer,
  net_micros bigint NOT NULL,
  vat_micros bigint NOT NULL,
  gross_micros bigint NOT NULL,
  exact_micros bigint NOT NULL,
  before_micros bigint,
  CONSTRAINT act_lines_once UNIQUE (account_id, act_id, usage_month, service),
  CONSTRAINT act_lines_pk PRIMARY KEY (account_id, act_id, line_no),
  CONSTRAINT act_lines_act_fk FOREIGN KEY (account_id, act_id) REFERENCES acts(account_id, id),
  CONSTRAINT act_lines_gross CHECK (((gross_micros <> 0) AND ((gross_micros % (10000)::bigint) = 0))),
  CONSTRAINT act_lines_month CHECK ((EXTRACT(day FROM usage_month) = (1)::numeric)),
  CONSTRAINT act_lines_no CHECK ((line_no >= 1)),
  CONSTRAINT act_lines_no_more_taken_back CHECK (((before_micros IS NULL) OR ((gross_micros < 0) AND ((before_micros + gross_micros) >= 0)))),
  CONSTRAINT act_lines_service CHECK ((service = ANY (ARRAY['services'::text, 'sms'::text]))),
  CONSTRAINT act_lines_sums CHECK (((net_micros + vat_micros) = gross_micros))
);

CREATE TABLE act_payers (
  account_id uuid NOT NULL,
  payment_id uuid NOT NULL,
  payer_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT act_payers_pk PRIMARY KEY (account_id, payment_id),
  CONSTRAINT act_payers_payer_fk FOREIGN KEY (account_id, payer_id) REFERENCES payers(account_id, id),
  CONSTRAINT act_payers_payment_fk FOREIGN KEY (account_id, payment_id) REFERENCES payments(account_id, id)
);

CREATE TABLE act_usage (
  account_id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  month date NOT NULL,
  usage_month date NOT NULL,
  service text NOT NULL,
  micros bigint NOT NULL,
  quantity bigint NOT NULL,
  CONSTRAINT act_usage_pk PRIMARY KEY (account_id, legal_entity_id, month, usage_month, service),
  CONSTRAINT act_usage_closing_fk FOREIGN KEY (account_id, legal_entity_id, month) REFERENCES act_closings(account_id, legal_entity_id, month),
  CONSTRAINT act_usage_month CHECK ((EXTRACT(day FROM usage_month) = (1)::numeric)),
  CONSTRAINT act_usage_service CHECK ((service = ANY (ARRAY['services'::text, 'sms'::text])))
);

CREATE TABLE acts (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  legal_entity_id uuid NOT NULL,
  payer_id uuid NOT NULL,
  month date NOT NULL,
  corrects_id uuid,
  document_number text NOT NULL,
  issued_on date NOT NULL,
  currency character(3) NOT NULL,
  net_micros bigint NOT NULL,
  vat_micros bigint NOT NULL,
  gross_micros bigint NOT NULL,
  seller jsonb NOT NULL,
  payer jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT acts_pk PRIMARY KEY (account_id, id),
  CONSTRAINT acts_closing_fk FOREIGN KEY (account_id, legal_entity_id, month) REFERENCES act_closings(account_id, legal_entity_id, month),
  CONSTRAINT acts_corrected_fk FOREIGN KEY (account_id, corrects_id) REFERENCES acts(account_id, id),
  CONSTRAINT acts_payer_fk FOREIGN KEY (account_id, payer_id) REFERENCES payers(account_id, id),
  CONSTRAINT acts_currency CHECK ((currency = ANY (ARRAY['RUB'::bpchar, 'EUR'::bpchar, 'PLN'::bpchar, 'USD'::bpchar]))),
  CONSTRAINT acts_kind CHECK ((kind = ANY (ARRAY['act'::text, 'correction'::text]))),
  CONSTRAINT acts_sign CHECK (
CASE kind
    WHEN 'act'::text THEN ((corrects_id IS NULL) AND (gross_micros > 0))
    ELSE ((corrects_id IS NOT NULL) AND (gross_micros < 0))
END),
  CONSTRAINT acts_sums CHECK (((net_micros + vat_micros) = gross_micros))
);

CREATE TABLE alerts (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  reason text NOT NULL,
  detail text,
  times integer DEFAULT 1 NOT NULL,
  raised_at timestamp with time zone NOT NULL,
  last_at timestamp with time zone NOT NULL,
  resolved_at timestamp with time zone,
  CONSTRAINT alerts_pk PRIMARY KEY (account_id, id),
  CONSTRAINT alerts_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT alerts_kind CHECK ((kind ~ '^[a-z][a-z_]{0,31}$'::text)),
  CONSTRAINT alerts_times CHECK ((times >= 1))
);

CREATE TABLE api_keys (
  id uuid NOT NULL,
  account_id uuid,
  portal_id uuid,
  name text NOT NULL,
  mode text NOT NULL,
  prefix text NOT NULL,
  key_hash bytea NOT NULL,
  scopes text[] NOT NULL,
  allowed_addresses text[] DEFAULT '{}'::text[] NOT NULL,
  created_by_kind text NOT NULL,
  created_by_id uuid,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  CONSTRAINT api_keys_hash UNIQUE (key_hash),
  CONSTRAINT api_keys_pk PRIMARY KEY (id),
  CONSTRAINT api_keys_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT api_keys_portal_fk FOREIGN KEY (portal_id) REFERENCES portals(id),
  CONSTRAINT api_keys_created_by_kind CHECK ((created_by_kind = ANY (ARRAY['user'::text, 'api_key'::text, 'staff'::text, 'system'::text]))),
  CONSTRAINT api_keys_mode CHECK ((mode = ANY (ARRAY['live'::text, 'sandbox'::text]))),
  CONSTRAINT api_keys_name_length CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  CONSTRAINT api_keys_one_owner CHECK ((num_nonnulls(account_id, portal_id) = 1)),
  CONSTRAINT api_keys_scopes CHECK ((cardinality(scopes) > 0))
);

CREATE TABLE attempt_counters (
  bucket text NOT NULL,
  window_start timestamp with time zone NOT NULL,
  window_end timestamp with time zone NOT NULL,
  count integer NOT NULL,
  cap integer NOT NULL,
  CONSTRAINT attempt_counters_pk PRIMARY KEY (bucket, window_start),
  CONSTRAINT attempt_counters_count CHECK ((count >= 0))
) WITH (fillfactor=70);

CREATE TABLE attempt_parts (
  account_id uuid NOT NULL,
  attempt_id uuid NOT NULL,
  part_no smallint NOT NULL,
  message_id uuid NOT NULL,
  provider_id uuid NOT NULL,
  provider_message_id text,
  state text NOT NULL,
  error_code text,
  state_at timestamp with time zone NOT NULL,
  cost_micros bigint,
  cost_currency character(3),
  CONSTRAINT attempt_parts_pk PRIMARY KEY (account_id, attempt_id, part_no),
  CONSTRAINT attempt_parts_state CHECK ((state = ANY (ARRAY['submitting'::text, 'submitted'::text, 'delivered'::text, 'undelivered'::text, 'expired'::text, 'rejected'::text, 'not_sent'::text, 'unknown'::text])))
) PARTITION BY RANGE (attempt_id);

CREATE TABLE attempts (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  message_id uuid NOT NULL,
  attempt_no smallint NOT NULL,
  provider_id uuid NOT NULL,
  client_reference text NOT NULL,
  repeat_reason text,
  worker uuid NOT NULL,
  state text NOT NULL,
  error_code text,
  error_detail text,
  started_at timestamp with time zone NOT NULL,
  finished_at timestamp with time zone,
  CONSTRAINT attempts_pk PRIMARY KEY (account_id, id),
  CONSTRAINT attempts_repeat_reason CHECK ((repeat_reason = ANY (ARRAY['at_least_once'::text, 'forced'::text]))),
  CONSTRAINT attempts_state CHECK ((state = ANY (ARRAY['submitting'::text, 'submitted'::text, 'rejected'::text, 'not_sent'::text, 'unknown'::text])))
) PARTITION BY RANGE (id);

CREATE TABLE bank_statement_lines (
  statement_id uuid NOT NULL,
  line_no integer NOT NULL,
  place integer NOT NULL,
  legal_entity_id uuid NOT NULL,
  currency text NOT NULL,
  direction text NOT NULL,
  reversal boolean NOT NULL,
  amount_micros bigint NOT NULL,
  booked_on date NOT NULL,
  party_name text,
  party_tax_number text,
  party_account text,
  purpose text NOT NULL,
  reference text NOT NULL,
  remark text,
  outcome text,
  reason text,
  transfer_id uuid,
  CONSTRAINT bank_statement_lines_pk PRIMARY KEY (statement_id, line_no),
  CONSTRAINT bank_statement_lines_statement_fk FOREIGN KEY (statement_id) REFERENCES bank_statements(id) ON DELETE CASCADE,
  CONSTRAINT bank_statement_lines_amount CHECK ((amount_micros > 0)),
  CONSTRAINT bank_statement_lines_direction CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
  CONSTRAINT bank_statement_lines_no CHECK ((line_no >= 1)),
  CONSTRAINT bank_statement_lines_outcome CHECK ((outcome = ANY (ARRAY['credited'::text, 'known'::text, 'waiting'::text, 'ignored'::text])))
) WITH (fillfactor=60);

CREATE TABLE bank_statements (
  id uuid NOT NULL,
  state text NOT NULL,
  format text,
  sha256 bytea,
  bytes bigint,
  accounts jsonb DEFAULT '[]'::jsonb NOT NULL,
  lines integer DEFAULT 0 NOT NULL,
  applied_through integer DEFAULT 0 NOT NULL,
  credited integer DEFAULT 0 NOT NULL,
  known integer DEFAULT 0 NOT NULL,
  waiting integer DEFAULT 0 NOT NULL,
  ignored integer DEFAULT 0 NOT NULL,
  uploaded_by uuid,
  created_at timestamp with time zone NOT NULL,
  touched_at timestamp with time zone NOT NULL,
  applied_at timestamp with time zone,
  CONSTRAINT bank_statements_pk PRIMARY KEY (id),
  CONSTRAINT bank_statements_all CHECK (((applied_through <= lines) AND ((((credited + known) + waiting) + ignored) = applied_through))),
  CONSTRAINT bank_statements_applied CHECK ((((state = 'applied'::text) = (applied_at IS NOT NULL)) AND ((state <> 'applied'::text) OR (applied_through = lines)))),
  CONSTRAINT bank_statements_format CHECK ((format = ANY (ARRAY['1c'::text, 'camt053'::text, 'mt940'::text]))),
  CONSTRAINT bank_statements_state CHECK ((state = ANY (ARRAY['reading'::text, 'applying'::text, 'applied'::text])))
);

CREATE TABLE bank_transfers (
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  reference text NOT NULL,
  format text NOT NULL,
  statement_id uuid NOT NULL,
  line_no integer NOT NULL,
  state text NOT NULL,
  reason text,
  candidates jsonb DEFAULT '[]'::jsonb NOT NULL,
  account_id uuid,
  payment_id uuid,
  note text,
  decided_by uuid,
  decided_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT bank_transfers_pk PRIMARY KEY (id),
  CONSTRAINT bank_transfers_entity_fk FOREIGN KEY (legal_entity_id) REFERENCES legal_entities(id),
  CONSTRAINT bank_transfers_payment_fk FOREIGN KEY (account_id, payment_id) REFERENCES payments(account_id, id),
  CONSTRAINT bank_transfers_outcome CHECK ((((state = ANY (ARRAY['credited'::text, 'reversed'::text])) = (payment_id IS NOT NULL)) AND ((payment_id IS NULL) = (account_id IS NULL)) AND ((state <> 'waiting'::text) OR (reason IS NOT NULL)) AND ((state <> 'dismissed'::text) OR (note IS NOT NULL)))),
  CONSTRAINT bank_transfers_reference_length CHECK (((length(reference) >= 1) AND (length(reference) <= 140))),
  CONSTRAINT bank_transfers_state CHECK ((state = ANY (ARRAY['waiting'::text, 'credited'::text, 'reversed'::text, 'dismissed'::text])))
);

CREATE TABLE bind_leases (
  provider_id uuid NOT NULL,
  bind_no smallint NOT NULL,
  holder uuid,
  fence bigint DEFAULT 0 NOT NULL,
  lease_until timestamp with time zone NOT NULL,
  state text DEFAULT 'stopped'::text NOT NULL,
  state_at timestamp with time zone NOT NULL,
  last_error text,
  worker text,
  in_flight integer,
  window_size integer,
  retry_at timestamp with time zone,
  last_error_at timestamp with time zone,
  CONSTRAINT bind_leases_pk PRIMARY KEY (provider_id, bind_no),
  CONSTRAINT bind_leases_provider_fk FOREIGN KEY (provider_id) REFERENCES providers(id),
  CONSTRAINT bind_leases_bind_no CHECK ((bind_no >= 1))
) WITH (fillfactor=50);

CREATE TABLE call_events (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  event_id text NOT NULL,
  direction text NOT NULL,
  outcome text NOT NULL,
  caller text,
  virtual_number text NOT NULL,
  called_at timestamp with time zone,
  received_at timestamp with time zone NOT NULL,
  rule_id uuid,
  result text NOT NULL,
  reason text,
  message_id uuid,
  CONSTRAINT call_events_once UNIQUE (account_id, event_id),
  CONSTRAINT call_events_pk PRIMARY KEY (account_id, id),
  CONSTRAINT call_events_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT call_events_event_id_length CHECK (((length(event_id) >= 1) AND (length(event_id) <= 255))),
  CONSTRAINT call_events_explained CHECK ((((result = 'apology'::text) = (reason IS NULL)) AND ((result = 'skipped'::text) = (message_id IS NULL)))),
  CONSTRAINT call_events_result CHECK ((result = ANY (ARRAY['apology'::text, 'skipped'::text, 'blocked'::text])))
);

CREATE TABLE campaign_recipients (
  account_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  row_no integer NOT NULL,
  digits text NOT NULL,
  body text,
  encoding text,
  parts smallint,
  price_micros bigint,
  state text NOT NULL,
  reason text,
  message_id uuid,
  CONSTRAINT campaign_recipients_pk PRIMARY KEY (account_id, campaign_id, row_no),
  CONSTRAINT campaign_recipients_campaign_fk FOREIGN KEY (account_id, campaign_id) REFERENCES campaigns(account_id, id) ON DELETE CASCADE,
  CONSTRAINT campaign_recipients_explained CHECK ((((state = 'skipped'::text) = (reason IS NOT NULL)) AND ((state <> 'accepted'::text) OR (message_id IS NOT NULL)))),
  CONSTRAINT campaign_recipients_state CHECK ((state = ANY (ARRAY['ready'::text, 'accepted'::text, 'skipped'::text]))),
  CONSTRAINT campaign_recipients_text CHECK (((state = 'skipped'::text) OR ((body IS NOT NULL) AND (parts IS NOT NULL) AND (price_micros IS NOT NULL))))
);

CREATE TABLE campaigns (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  list_id uuid NOT NULL,
  template_id uuid,
  text text,
  sender text,
  start_at timestamp with time zone,
  sending_window jsonb,
  state text NOT NULL,
  quote jsonb,
  quote_micros bigint,
  quote_currency character(3),
  quoted_at timestamp with time zone,
  quote_expires_at timestamp with time zone,
  group_id uuid,
  reservation_id uuid,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  CONSTRAINT campaigns_pk PRIMARY KEY (account_id, id),
  CONSTRAINT campaigns_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT campaigns_group_fk FOREIGN KEY (account_id, group_id) REFERENCES message_groups(account_id, id),
  CONSTRAINT campaigns_list_fk FOREIGN KEY (account_id, list_id) REFERENCES recipient_lists(account_id, id),
  CONSTRAINT campaigns_name_length CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT campaigns_one_text CHECK (((template_id IS NULL) <> (text IS NULL))),
  CONSTRAINT campaigns_quoted CHECK (((state <> ALL (ARRAY['quoted'::text, 'running'::text, 'paused'::text, 'sent'::text])) OR (quote_micros IS NOT NULL))),
  CONSTRAINT campaigns_started CHECK (((state <> ALL (ARRAY['running'::text, 'paused'::text, 'sent'::text])) OR ((group_id IS NOT NULL) AND (started_at IS NOT NULL)))),
  CONSTRAINT campaigns_state CHECK ((state = ANY (ARRAY['draft'::text, 'quoting'::text, 'quoted'::text, 'running'::text, 'paused'::text, 'sent'::text, 'cancelled'::text]))),
  CONSTRAINT campaigns_text_length CHECK (((length(text) >= 1) AND (length(text) <= 4000)))
);

CREATE TABLE delivery_reports (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  message_id uuid,
  attempt_id uuid,
  part_no smallint,
  provider_id uuid NOT NULL,
  provider_message_id text NOT NULL,
  status text NOT NULL,
  intermediate boolean NOT NULL,
  error_code text,
  done_at timestamp with time zone,
  raw text NOT NULL,
  received_at timestamp with time zone NOT NULL,
  outcome text NOT NULL,
  CONSTRAINT delivery_reports_pk PRIMARY KEY (account_id, id),
  CONSTRAINT delivery_reports_outcome CHECK ((outcome = ANY (ARRAY['applied'::text, 'intermediate'::text, 'duplicate'::text, 'contradicting'::text, 'ambiguous'::text, 'unmatched'::text])))
) PARTITION BY RANGE (id);

CREATE TABLE deposit_proofs (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  invoice_id uuid,
  currency character(3) NOT NULL,
  amount_micros bigint NOT NULL,
  note text,
  file_name text NOT NULL,
  content_type text NOT NULL,
  size_bytes integer NOT NULL,
  content bytea NOT NULL,
  digest bytea NOT NULL,
  state text NOT NULL,
  reason text,
  payment_id uuid,
  answered_by uuid,
  answered_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT deposit_proofs_pk PRIMARY KEY (account_id, id),
  CONSTRAINT deposit_proofs_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT deposit_proofs_invoice_fk FOREIGN KEY (account_id, invoice_id) REFERENCES invoices(account_id, id),
  CONSTRAINT deposit_proofs_payment_fk FOREIGN KEY (account_id, payment_id) REFERENCES payments(account_id, id),
  CONSTRAINT deposit_proofs_amount CHECK ((amount_micros > 0)),
  CONSTRAINT deposit_proofs_answer CHECK ((((state = 'waiting'::text) = (answered_at IS NULL)) AND ((state = 'accepted'::text) = (payment_id IS NOT NULL)) AND ((state = 'refused'::text) = (reason IS NOT NULL)))),
  CONSTRAINT deposit_proofs_content_type CHECK ((content_type = ANY (ARRAY['application/pdf'::text, 'image/jpeg'::text, 'image/png'::text]))),
  CONSTRAINT deposit_proofs_currency CHECK ((currency = ANY (ARRAY['RUB'::bpchar, 'EUR'::bpchar, 'PLN'::bpchar, 'USD'::bpchar, 'CRD'::bpchar]))),
  CONSTRAINT deposit_proofs_file_name_length CHECK (((length(file_name) >= 1) AND (length(file_name) <= 200))),
  CONSTRAINT deposit_proofs_size CHECK (((size_bytes = length(content)) AND (size_bytes > 0))),
  CONSTRAINT deposit_proofs_state CHECK ((state = ANY (ARRAY['waiting'::text, 'accepted'::text, 'refused'::text])))
);

CREATE TABLE document_counters (
  legal_entity_id uuid NOT NULL,
  series text NOT NULL,
  year smallint NOT NULL,
  last_number integer NOT NULL,
  CONSTRAINT document_counters_pk PRIMARY KEY (legal_entity_id, series, year),
  CONSTRAINT document_counters_entity_fk FOREIGN KEY (legal_entity_id) REFERENCES legal_entities(id),
  CONSTRAINT document_counters_number CHECK ((last_number >= 0))
);

CREATE TABLE document_numbers (
  legal_entity_id uuid NOT NULL,
  series text NOT NULL,
  year smallint NOT NULL,
  number integer NOT NULL,
  document_number text NOT NULL,
  account_id uuid NOT NULL,
  document_id uuid NOT NULL,
  CONSTRAINT document_numbers_pk PRIMARY KEY (legal_entity_id, series, year, number),
  CONSTRAINT document_numbers_entity_fk FOREIGN KEY (legal_entity_id) REFERENCES legal_entities(id),
  CONSTRAINT document_numbers_positive CHECK ((number > 0))
);

CREATE TABLE fixed_senders (
  source text NOT NULL,
  sender text,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT fixed_senders_pk PRIMARY KEY (source),
  CONSTRAINT fixed_senders_sender_length CHECK (((length(sender) >= 1) AND (length(sender) <= 20)))
);

CREATE TABLE idempotency_keys (
  account_id uuid NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  body_hash bytea NOT NULL,
  status smallint NOT NULL,
  response text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT idempotency_keys_pk PRIMARY KEY (account_id, route, key),
  CONSTRAINT idempotency_keys_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT idempotency_keys_key_length CHECK (((length(key) >= 1) AND (length(key) <= 255)))
);

CREATE TABLE inbound_inbox (
  id uuid NOT NULL,
  provider_id uuid NOT NULL,
  sender text NOT NULL,
  recipient text NOT NULL,
  body_utf16 bytea NOT NULL,
  provider_message_id text,
  concat_reference integer,
  part_no smallint,
  parts_total smallint,
  received_at timestamp with time zone NOT NULL,
  next_try_at timestamp with time zone NOT NULL,
  CONSTRAINT inbound_inbox_pk PRIMARY KEY (id),
  CONSTRAINT inbound_inbox_provider_fk FOREIGN KEY (provider_id) REFERENCES providers(id),
  CONSTRAINT inbound_inbox_part_is_whole CHECK ((num_nulls(concat_reference, part_no, parts_total) = ANY (ARRAY[0, 3])))
) WITH (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500);

CREATE TABLE inbound_messages (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  provider_id uuid NOT NULL,
  provider_message_id text,
  sender text NOT NULL,
  recipient text NOT NULL,
  body text NOT NULL,
  parts smallint NOT NULL,
  complete boolean NOT NULL,
  attribution text NOT NULL,
  in_reply_to uuid,
  action text,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT inbound_messages_pk PRIMARY KEY (account_id, id),
  CONSTRAINT inbound_messages_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT inbound_messages_action CHECK ((action = ANY (ARRAY['opted_out'::text, 'opted_in'::text]))),
  CONSTRAINT inbound_messages_attribution CHECK ((attribution = ANY (ARRAY['number'::text, 'reply'::text, 'none'::text])))
);

CREATE TABLE inbound_numbers (
  id uuid NOT NULL,
  provider_id uuid NOT NULL,
  address text NOT NULL,
  account_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT inbound_numbers_address_unique UNIQUE (address, provider_id),
  CONSTRAINT inbound_numbers_pk PRIMARY KEY (id),
  CONSTRAINT inbound_numbers_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT inbound_numbers_provider_fk FOREIGN KEY (provider_id) REFERENCES providers(id),
  CONSTRAINT inbound_numbers_address CHECK ((address ~ '^[0-9]{3,15}$'::text))
);

CREATE TABLE invoice_cancellations (
  account_id uuid NOT NULL,
  invoice_id uuid NOT NULL,
  reason text NOT NULL,
  cancelled_at timestamp with time zone NOT NULL,
  CONSTRAINT invoice_cancellations_pk PRIMARY KEY (account_id, invoice_id),
  CONSTRAINT invoice_cancellations_invoice_fk FOREIGN KEY (account_id, invoice_id) REFERENCES invoices(account_id, id)
);

CREATE TABLE invoice_lines (
  account_id uuid NOT NULL,
  invoice_id uuid NOT NULL,
  line_no smallint NOT NULL,
  description text NOT NULL,
  unit text NOT NULL,
  quantity integer NOT NULL,
  vat_rate_bps integer,
  net_micros bigint NOT NULL,
  vat_micros bigint NOT NULL,
  gross_micros bigint NOT NULL,
  CONSTRAINT invoice_lines_pk PRIMARY KEY (account_id, invoice_id, line_no),
  CONSTRAINT invoice_lines_invoice_fk FOREIGN KEY (account_id, invoice_id) REFERENCES invoices(account_id, id),
  CONSTRAINT invoice_lines_no CHECK ((line_no >= 1)),
  CONSTRAINT invoice_lines_quantity CHECK ((quantity > 0)),
  CONSTRAINT invoice_lines_sums CHECK (((net_micros + vat_micros) = gross_micros))
);

CREATE TABLE invoices (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  payer_id uuid NOT NULL,
  document_number text NOT NULL,
  issued_on date NOT NULL,
  valid_until date NOT NULL,
  currency character(3) NOT NULL,
  net_micros bigint NOT NULL,
  vat_micros bigint NOT NULL,
  gross_micros bigint NOT NULL,
  seller jsonb NOT NULL,
  payer jsonb NOT NULL,
  purpose text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT invoices_pk PRIMARY KEY (account_id, id),
  CONSTRAINT invoices_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT invoices_entity_fk FOREIGN KEY (legal_entity_id) REFERENCES legal_entities(id),
  CONSTRAINT invoices_payer_fk FOREIGN KEY (account_id, payer_id) REFERENCES payers(account_id, id),
  CONSTRAINT invoices_currency CHECK ((currency = ANY (ARRAY['RUB'::bpchar, 'EUR'::bpchar, 'PLN'::bpchar, 'USD'::bpchar]))),
  CONSTRAINT invoices_dates CHECK ((valid_until >= issued_on)),
  CONSTRAINT invoices_gross_positive CHECK ((gross_micros > 0)),
  CONSTRAINT invoices_sums CHECK (((net_micros >= 0) AND (vat_micros >= 0) AND ((net_micros + vat_micros) = gross_micros)))
);

CREATE TABLE ledger_entries (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  wallet_id uuid NOT NULL,
  wallet_seq bigint NOT NULL,
  kind text NOT NULL,
  idempotency_key text NOT NULL,
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  item_count integer DEFAULT 1 NOT NULL,
  details jsonb DEFAULT '{}'::jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL,
  link bytea NOT NULL,
  CONSTRAINT ledger_entries_idempotency UNIQUE (account_id, idempotency_key),
  CONSTRAINT ledger_entries_pk PRIMARY KEY (account_id, id),
  CONSTRAINT ledger_entries_wallet_fk FOREIGN KEY (account_id, wallet_id) REFERENCES wallets(account_id, id),
  CONSTRAINT ledger_entries_item_count CHECK ((item_count > 0)),
  CONSTRAINT ledger_entries_key_length CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 255))),
  CONSTRAINT ledger_entries_kind CHECK ((kind = ANY (ARRAY['top_up'::text, 'hold'::text, 'capture'::text, 'release'::text, 'refund'::text, 'reserve'::text, 'unreserve'::text, 'adjustment'::text, 'bank_reversal'::text, 'purchase'::text]))),
  CONSTRAINT ledger_entries_link_length CHECK ((octet_length(link) = 32))
);

CREATE TABLE legal_entities (
  id uuid NOT NULL,
  code text NOT NULL,
  country character(2) NOT NULL,
  currency character(3) NOT NULL,
  name text NOT NULL,
  tax_number text NOT NULL,
  tax_reason_code text,
  vat_number text,
  address text NOT NULL,
  bank jsonb NOT NULL,
  vat_regime text NOT NULL,
  series text NOT NULL,
  director text,
  accountant text,
  is_default boolean DEFAULT false NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  time_zone text NOT NULL,
  CONSTRAINT legal_entities_code UNIQUE (code),
  CONSTRAINT legal_entities_pk PRIMARY KEY (id),
  CONSTRAINT legal_entities_code_form CHECK ((code ~ '^[a-z0-9][a-z0-9-]{0,31}$'::text)),
  CONSTRAINT legal_entities_country CHECK ((country ~ '^[A-Z]{2}$'::text)),
  CONSTRAINT legal_entities_currency CHECK ((currency = ANY (ARRAY['RUB'::bpchar, 'EUR'::bpchar, 'PLN'::bpchar, 'USD'::bpchar]))),
  CONSTRAINT legal_entities_name_length CHECK (((length(name) >= 1) AND (length(name) <= 300))),
  CONSTRAINT legal_entities_series CHECK ((series ~ '^[A-ZА-Я0-9]{1,8}$'::text)),
  CONSTRAINT legal_entities_time_zone_length CHECK (((length(time_zone) >= 3) AND (length(time_zone) <= 64))),
  CONSTRAINT legal_entities_vat_regime CHECK ((vat_regime = ANY (ARRAY['standard'::text, 'usn5'::text, 'usn7'::text, 'none'::text])))
);

CREATE TABLE logins (
  login_key text NOT NULL,
  account_id uuid NOT NULL,
  user_id uuid NOT NULL,
  CONSTRAINT logins_user UNIQUE (account_id, user_id),
  CONSTRAINT logins_pk PRIMARY KEY (login_key),
  CONSTRAINT logins_user_fk FOREIGN KEY (account_id, user_id) REFERENCES users(account_id, id),
  CONSTRAINT logins_key_is_lower CHECK ((login_key = lower(login_key)))
);

CREATE TABLE message_external_ids (
  account_id uuid NOT NULL,
  external_id text NOT NULL,
  message_id uuid NOT NULL,
  CONSTRAINT message_external_ids_pk PRIMARY KEY (account_id, external_id)
);

CREATE TABLE message_groups (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  label text NOT NULL,
  state text NOT NULL,
  reservation_id uuid,
  sending_window jsonb,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT message_groups_pk PRIMARY KEY (account_id, id),
  CONSTRAINT message_groups_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT message_groups_reservation_fk FOREIGN KEY (account_id, reservation_id) REFERENCES reservations(account_id, id),
  CONSTRAINT message_groups_kind CHECK ((kind ~ '^[a-z][a-z_]{0,31}$'::text)),
  CONSTRAINT message_groups_state CHECK ((state = ANY (ARRAY['open'::text, 'paused'::text, 'closed'::text, 'cancelled'::text])))
);

CREATE TABLE message_queue (
  account_id uuid NOT NULL,
  message_id uuid NOT NULL,
  provider_id uuid NOT NULL,
  lane smallint NOT NULL,
  group_id uuid NOT NULL,
  due_at timestamp with time zone NOT NULL,
  valid_until timestamp with time zone NOT NULL,
  tries smallint DEFAULT 0 NOT NULL,
  attempt_no smallint DEFAULT 1 NOT NULL,
  repeat_reason text,
  claimed_by uuid,
  claimed_at timestamp with time zone,
  fence bigint DEFAULT 0 NOT NULL,
  attempt_id uuid,
  not_before timestamp with time zone,
  paced_by integer DEFAULT 0 NOT NULL,
  CONSTRAINT message_queue_pk PRIMARY KEY (account_id, message_id),
  CONSTRAINT message_queue_claimed_is_dated CHECK (((claimed_by IS NULL) OR ((claimed_at IS NOT NULL) AND (attempt_id IS NOT NULL)))),
  CONSTRAINT message_queue_lane CHECK (((lane >= 0) AND (lane <= 2))),
  CONSTRAINT message_queue_repeat_reason CHECK ((repeat_reason = ANY (ARRAY['at_least_once'::text, 'forced'::text])))
) WITH (fillfactor=70, autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0);

CREATE TABLE message_queue_depths (
  account_id uuid NOT NULL,
  provider_id uuid NOT NULL,
  lane text NOT NULL,
  queued bigint NOT NULL,
  scheduled bigint NOT NULL,
  CONSTRAINT message_queue_depths_pk PRIMARY KEY (account_id, provider_id, lane)
) WITH (fillfactor=50);

CREATE TABLE message_statistics (
  account_id uuid NOT NULL,
  hour timestamp with time zone NOT NULL,
  source text NOT NULL,
  lane text NOT NULL,
  country text NOT NULL,
  provider_id uuid NOT NULL,
  state text NOT NULL,
  charge_state text NOT NULL,
  currency character(3) NOT NULL,
  messages bigint NOT NULL,
  parts bigint NOT NULL,
  micros bigint NOT NULL,
  CONSTRAINT message_statistics_pk PRIMARY KEY (account_id, hour, source, lane, country, provider_id, state, charge_state, currency)
) WITH (fillfactor=70);

CREATE TABLE message_streams (
  provider_id uuid NOT NULL,
  lane smallint NOT NULL,
  account_id uuid NOT NULL,
  group_id uuid NOT NULL,
  state text NOT NULL,
  ready_at timestamp with time zone NOT NULL,
  paced_by integer DEFAULT 0 NOT NULL,
  CONSTRAINT message_streams_pk PRIMARY KEY (provider_id, lane, account_id, group_id, paced_by),
  CONSTRAINT message_streams_lane CHECK (((lane >= 0) AND (lane <= 2))),
  CONSTRAINT message_streams_state CHECK ((state = ANY (ARRAY['open'::text, 'parked'::text, 'paused'::text])))
) WITH (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=500);

CREATE TABLE message_waits (
  account_id uuid NOT NULL,
  message_id uuid NOT NULL,
  currency character(3) NOT NULL,
  provider_id uuid NOT NULL,
  lane smallint NOT NULL,
  group_id uuid NOT NULL,
  due_at timestamp with time zone NOT NULL,
  not_before timestamp with time zone,
  valid_until timestamp with time zone NOT NULL,
  CONSTRAINT message_waits_pk PRIMARY KEY (account_id, message_id),
  CONSTRAINT message_waits_lane CHECK (((lane >= 0) AND (lane <= 2)))
);

CREATE TABLE messages (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  group_id uuid,
  source text NOT NULL,
  lane text NOT NULL,
  recipient text NOT NULL,
  country character(2),
  sender text,
  body text,
  encoding text,
  parts smallint NOT NULL,
  price_micros bigint NOT NULL,
  currency character(3) NOT NULL,
  tariff_id uuid,
  charge_on text,
  refund_undelivered boolean,
  wallet_id uuid,
  reservation_id uuid,
  charge_state text NOT NULL,
  hold_entry_id uuid,
  settle_entry_id uuid,
  refund_entry_id uuid,
  state text NOT NULL,
  reason text,
  provider_id uuid,
  delivery_policy text NOT NULL,
  sending_window jsonb,
  window_action text NOT NULL,
  reference text,
  external_id text,
  due_at timestamp with time zone NOT NULL,
  valid_until timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL,
  state_at timestamp with time zone NOT NULL,
  submitted_at timestamp with time zone,
  final_at timestamp with time zone,
  CONSTRAINT messages_pk PRIMARY KEY (account_id, id),
  CONSTRAINT messages_blocked_is_free CHECK (((state <> 'blocked'::text) OR ((charge_state = ANY (ARRAY['none'::text, 'released'::text])) AND (reason IS NOT NULL)))),
  CONSTRAINT messages_charge_on CHECK ((charge_on = ANY (ARRAY['submit'::text, 'delivery'::text]))),
  CONSTRAINT messages_charge_state CHECK ((charge_state = ANY (ARRAY['none'::text, 'held'::text, 'captured'::text, 'released'::text, 'refunded'::text]))),
  CONSTRAINT messages_charged_is_priced CHECK (((charge_state = 'none'::text) OR ((wallet_id IS NOT NULL) AND (charge_on IS NOT NULL) AND (parts > 0)))),
  CONSTRAINT messages_delivery_policy CHECK ((delivery_policy = ANY (ARRAY['at_most_once'::text, 'at_least_once'::text]))),
  CONSTRAINT messages_encoding CHECK ((encoding = ANY (ARRAY['gsm7'::text, 'ucs2'::text]))),
  CONSTRAINT messages_external_id_length CHECK (((length(external_id) >= 1) AND (length(external_id) <= 255))),
  CONSTRAINT messages_lane CHECK ((lane = ANY (ARRAY['otp'::text, 'transactional'::text, 'bulk'::text]))),
  CONSTRAINT messages_parts CHECK (((parts >= 0) AND (parts <= 255))),
  CONSTRAINT messages_price CHECK ((price_micros >= 0)),
  CONSTRAINT messages_recipient_length CHECK (((length(recipient) >= 1) AND (length(recipient) <= 64))),
  CONSTRAINT messages_reference_length CHECK (((length(reference) >= 1) AND (length(reference) <= 255))),
  CONSTRAINT messages_sent_is_charged CHECK (((state <> ALL (ARRAY['submitting'::text, 'submitted'::text, 'delivered'::text, 'undelivered'::text, 'unknown'::text])) OR (charge_state <> 'none'::text))),
  CONSTRAINT messages_source CHECK ((source ~ '^[a-z][a-z_]{0,31}$'::text)),
  CONSTRAINT messages_state CHECK ((state = ANY (ARRAY['scheduled'::text, 'queued'::text, 'waiting_funds'::text, 'submitting'::text, 'submitted'::text, 'delivered'::text, 'undelivered'::text, 'expired'::text, 'rejected'::text, 'unknown'::text, 'cancelled'::text, 'blocked'::text]))),
  CONSTRAINT messages_waiting_is_held CHECK (((state <> ALL (ARRAY['scheduled'::text, 'queued'::text, 'submitting'::text])) OR (charge_state = 'held'::text))),
  CONSTRAINT messages_window_action CHECK ((window_action = ANY (ARRAY['wait'::text, 'drop'::text])))
) PARTITION BY RANGE (id);

CREATE TABLE missed_call_numbers (
  account_id uuid NOT NULL,
  rule_id uuid NOT NULL,
  digits text NOT NULL,
  active boolean NOT NULL,
  CONSTRAINT missed_call_numbers_pk PRIMARY KEY (account_id, rule_id, digits),
  CONSTRAINT missed_call_numbers_rule_fk FOREIGN KEY (account_id, rule_id) REFERENCES missed_call_rules(account_id, id) ON DELETE CASCADE,
  CONSTRAINT missed_call_numbers_digits CHECK ((digits ~ '^[0-9]{5,15}$'::text))
);

CREATE TABLE missed_call_rules (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  text text NOT NULL,
  enabled boolean NOT NULL,
  late_action text NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT missed_call_rules_pk PRIMARY KEY (account_id, id),
  CONSTRAINT missed_call_rules_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT missed_call_rules_late_action CHECK ((late_action = ANY (ARRAY['wait'::text, 'drop'::text]))),
  CONSTRAINT missed_call_rules_name_length CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  CONSTRAINT missed_call_rules_text_length CHECK (((length(text) >= 1) AND (length(text) <= 1600)))
);

CREATE TABLE number_imports (
  id uuid NOT NULL,
  source_no integer NOT NULL,
  imported_at timestamp with time zone NOT NULL,
  rows integer NOT NULL,
  ranges integer NOT NULL,
  refused integer NOT NULL,
  refusals jsonb NOT NULL,
  new_operators text[] NOT NULL,
  CONSTRAINT number_imports_pk PRIMARY KEY (id),
  CONSTRAINT number_imports_source_fk FOREIGN KEY (source_no) REFERENCES number_sources(number)
);

CREATE TABLE number_ranges (
  source_no integer NOT NULL,
  first_number bigint NOT NULL,
  last_number bigint NOT NULL,
  operator_name integer NOT NULL,
  region text,
  CONSTRAINT number_ranges_apart EXCLUDE USING gist (int4range(source_no, source_no, '[]'::text) WITH &&, int8range(first_number, last_number, '[]'::text) WITH &&),
  CONSTRAINT number_ranges_pk PRIMARY KEY (source_no, first_number),
  CONSTRAINT number_ranges_name_fk FOREIGN KEY (operator_name) REFERENCES operator_names(number),
  CONSTRAINT number_ranges_source_fk FOREIGN KEY (source_no) REFERENCES number_sources(number),
  CONSTRAINT number_ranges_order CHECK (((0 < first_number) AND (first_number <= last_number) AND (length((first_number)::text) = length((last_number)::text)) AND (length((last_number)::text) <= 15)))
);

CREATE TABLE number_sources (
  number integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  code text NOT NULL,
  CONSTRAINT number_sources_code UNIQUE (code),
  CONSTRAINT number_sources_pk PRIMARY KEY (number),
  CONSTRAINT number_sources_code_form CHECK ((code ~ '^[a-z][a-z0-9-]{1,63}$'::text))
);

CREATE TABLE numbering (
  one boolean DEFAULT true NOT NULL,
  version bigint NOT NULL,
  CONSTRAINT numbering_pk PRIMARY KEY (one),
  CONSTRAINT numbering_one CHECK (one)
);

CREATE TABLE operator_names (
  number integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  country text NOT NULL,
  folded text NOT NULL,
  name text NOT NULL,
  operator_code text NOT NULL,
  CONSTRAINT operator_names_once UNIQUE (country, folded),
  CONSTRAINT operator_names_pk PRIMARY KEY (number),
  CONSTRAINT operator_names_operator_fk FOREIGN KEY (operator_code) REFERENCES operators(code)
);

CREATE TABLE operators (
  code text NOT NULL,
  name text NOT NULL,
  country text NOT NULL,
  mcc text,
  mnc text,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT operators_pk PRIMARY KEY (code),
  CONSTRAINT operators_code CHECK ((code ~ '^[a-z][a-z0-9-]{1,63}$'::text)),
  CONSTRAINT operators_country CHECK ((country ~ '^[A-Z]{2}$'::text)),
  CONSTRAINT operators_mcc CHECK ((mcc ~ '^[0-9]{3}$'::text)),
  CONSTRAINT operators_mnc CHECK ((mnc ~ '^[0-9]{2,3}$'::text)),
  CONSTRAINT operators_network CHECK (((mcc IS NULL) = (mnc IS NULL)))
);

CREATE TABLE opt_outs (
  account_id uuid NOT NULL,
  digits text NOT NULL,
  source text NOT NULL,
  note text,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT opt_outs_pk PRIMARY KEY (account_id, digits),
  CONSTRAINT opt_outs_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT opt_outs_digits CHECK ((digits ~ '^[1-9][0-9]{5,14}$'::text)),
  CONSTRAINT opt_outs_note_length CHECK (((length(note) >= 1) AND (length(note) <= 500))),
  CONSTRAINT opt_outs_source CHECK ((source = ANY (ARRAY['portal'::text, 'recipient'::text, 'provider'::text, 'import'::text])))
);

CREATE TABLE outbox_events (
  consumer text NOT NULL,
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  topic text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL,
  tries smallint DEFAULT 0 NOT NULL,
  next_try_at timestamp with time zone NOT NULL,
  CONSTRAINT outbox_events_pk PRIMARY KEY (consumer, id)
) WITH (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500);

CREATE TABLE outbox_subscriptions (
  topic text NOT NULL,
  consumer text NOT NULL,
  CONSTRAINT outbox_subscriptions_pk PRIMARY KEY (topic, consumer)
);

CREATE TABLE payer_bank_accounts (
  legal_entity_id uuid NOT NULL,
  bank_account text NOT NULL,
  account_id uuid NOT NULL,
  CONSTRAINT payer_bank_accounts_pk PRIMARY KEY (legal_entity_id, bank_account, account_id),
  CONSTRAINT payer_bank_accounts_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT payer_bank_accounts_entity_fk FOREIGN KEY (legal_entity_id) REFERENCES legal_entities(id)
);

CREATE TABLE payers (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  country character(2) NOT NULL,
  name text NOT NULL,
  tax_number text NOT NULL,
  tax_reason_code text,
  address text NOT NULL,
  email text,
  archived_at timestamp with time zone,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT payers_pk PRIMARY KEY (account_id, id),
  CONSTRAINT payers_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT payers_address_length CHECK (((length(address) >= 1) AND (length(address) <= 500))),
  CONSTRAINT payers_country CHECK ((country ~ '^[A-Z]{2}$'::text)),
  CONSTRAINT payers_name_length CHECK (((length(name) >= 1) AND (length(name) <= 300))),
  CONSTRAINT payers_tax_number_form CHECK ((tax_number ~ '^[A-Z0-9]{4,20}$'::text))
);

CREATE TABLE payment_allocations (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  invoice_id uuid NOT NULL,
  payment_id uuid NOT NULL,
  amount_micros bigint NOT NULL,
  created_at timestamp with time zone NOT NULL,
  removed_at timestamp with time zone,
  CONSTRAINT payment_allocations_pk PRIMARY KEY (account_id, id),
  CONSTRAINT payment_allocations_invoice_fk FOREIGN KEY (account_id, invoice_id) REFERENCES invoices(account_id, id),
  CONSTRAINT payment_allocations_payment_fk FOREIGN KEY (account_id, payment_id) REFERENCES payments(account_id, id),
  CONSTRAINT payment_allocations_amount CHECK ((amount_micros > 0))
);

CREATE TABLE payment_references (
  legal_entity_id uuid NOT NULL,
  bank_reference text NOT NULL,
  account_id uuid NOT NULL,
  payment_id uuid NOT NULL,
  CONSTRAINT payment_references_pk PRIMARY KEY (legal_entity_id, bank_reference),
  CONSTRAINT payment_references_entity_fk FOREIGN KEY (legal_entity_id) REFERENCES legal_entities(id)
);

CREATE TABLE payments (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  currency character(3) NOT NULL,
  amount_micros bigint NOT NULL,
  received_on date NOT NULL,
  payer_name text,
  purpose text DEFAULT ''::text NOT NULL,
  bank_reference text NOT NULL,
  entry_id uuid NOT NULL,
  recorded_by uuid,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT payments_pk PRIMARY KEY (account_id, id),
  CONSTRAINT payments_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT payments_entity_fk FOREIGN KEY (legal_entity_id) REFERENCES legal_entities(id),
  CONSTRAINT payments_entry_fk FOREIGN KEY (account_id, entry_id) REFERENCES ledger_entries(account_id, id),
  CONSTRAINT payments_amount_positive CHECK ((amount_micros > 0)),
  CONSTRAINT payments_bank_reference_length CHECK (((length(bank_reference) >= 1) AND (length(bank_reference) <= 140))),
  CONSTRAINT payments_currency CHECK ((currency = ANY (ARRAY['RUB'::bpchar, 'EUR'::bpchar, 'PLN'::bpchar, 'USD'::bpchar])))
);

CREATE TABLE portals (
  id uuid NOT NULL,
  name text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT portals_pk PRIMARY KEY (id),
  CONSTRAINT portals_name_length CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);

CREATE TABLE ported_numbers (
  number bigint NOT NULL,
  operator_code text NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT ported_numbers_pk PRIMARY KEY (number),
  CONSTRAINT ported_numbers_operator_fk FOREIGN KEY (operator_code) REFERENCES operators(code),
  CONSTRAINT ported_numbers_number CHECK (((number >= 100000) AND (number <= '999999999999999'::bigint)))
);

CREATE TABLE postings (
  account_id uuid NOT NULL,
  entry_id uuid NOT NULL,
  leg smallint NOT NULL,
  ledger_account text NOT NULL,
  wallet_id uuid,
  currency character(3) NOT NULL,
  amount_micros bigint NOT NULL,
  wallet_seq bigint,
  balance_after_micros bigint,
  credit_limit_micros bigint,
  CONSTRAINT postings_pk PRIMARY KEY (account_id, entry_id, leg),
  CONSTRAINT postings_entry_fk FOREIGN KEY (account_id, entry_id) REFERENCES ledger_entries(account_id, id),
  CONSTRAINT postings_amount_not_zero CHECK ((amount_micros <> 0)),
  CONSTRAINT postings_ledger_account CHECK ((ledger_account = ANY (ARRAY['available'::text, 'held'::text, 'revenue'::text, 'bank'::text, 'vat'::text, 'exchange'::text, 'adjustments'::text, 'promotions'::text, 'expired'::text]))),
  CONSTRAINT postings_wallet_legs CHECK ((((ledger_account = ANY (ARRAY['available'::text, 'held'::text])) = (wallet_id IS NOT NULL)) AND ((wallet_id IS NULL) = (wallet_seq IS NULL)) AND ((wallet_id IS NULL) = (balance_after_micros IS NULL)) AND ((ledger_account = 'available'::text) = (credit_limit_micros IS NOT NULL))))
);

CREATE TABLE provider_outages (
  provider_id uuid NOT NULL,
  since timestamp with time zone NOT NULL,
  failing_at timestamp with time zone,
  CONSTRAINT provider_outages_pk PRIMARY KEY (provider_id),
  CONSTRAINT provider_outages_provider_fk FOREIGN KEY (provider_id) REFERENCES providers(id)
);

CREATE TABLE providers (
  id uuid NOT NULL,
  owner_account_id uuid,
  code text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  settings jsonb NOT NULL,
  credentials jsonb NOT NULL,
  callback_token_hash bytea,
  status text NOT NULL,
  pause_reason text,
  rate_per_second integer NOT NULL,
  max_binds smallint DEFAULT 1 NOT NULL,
  sending_window jsonb,
  sender_policy jsonb NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  link_version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  probe_at timestamp with time zone,
  probes smallint DEFAULT 0 NOT NULL,
  balance_amount text,
  balance_currency text,
  balance_at timestamp with time zone,
  report_grace_hours smallint DEFAULT 72 NOT NULL,
  failover_seconds integer DEFAULT 60,
  pass_on_codes text[] DEFAULT '{}'::text[] NOT NULL,
  CONSTRAINT providers_code UNIQUE (code),
  CONSTRAINT providers_pk PRIMARY KEY (id),
  CONSTRAINT providers_owner_fk FOREIGN KEY (owner_account_id) REFERENCES accounts(id),
  CONSTRAINT providers_balance_is_whole CHECK ((num_nulls(balance_amount, balance_currency, balance_at) = ANY (ARRAY[0, 3]))),
  CONSTRAINT providers_code_form CHECK ((code ~ '^[a-z0-9][a-z0-9-]{0,63}$'::text)),
  CONSTRAINT providers_failover_seconds CHECK (((failover_seconds >= 5) AND (failover_seconds <= 86400))),
  CONSTRAINT providers_kind CHECK ((kind = ANY (ARRAY['smpp'::text, 'http'::text, 'twilio'::text, 'vonage'::text, 'infobip'::text, 'smsapi'::text, 'smsc'::text, 'intis'::text]))),
  CONSTRAINT providers_max_binds CHECK (((max_binds >= 1) AND (max_binds <= 64))),
  CONSTRAINT providers_pass_on_codes CHECK ((cardinality(pass_on_codes) <= 50)),
  CONSTRAINT providers_rate CHECK (((rate_per_second >= 1) AND (rate_per_second <= 100000))),
  CONSTRAINT providers_report_grace CHECK (((report_grace_hours >= 1) AND (report_grace_hours <= 168))),
  CONSTRAINT providers_status CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'draining'::text])))
);

CREATE TABLE purchase_prices (
  provider_id uuid NOT NULL,
  prefix text NOT NULL,
  valid_from timestamp with time zone NOT NULL,
  price_micros bigint NOT NULL,
  currency character(3) NOT NULL,
  CONSTRAINT purchase_prices_pk PRIMARY KEY (provider_id, prefix, valid_from),
  CONSTRAINT purchase_prices_provider_fk FOREIGN KEY (provider_id) REFERENCES providers(id),
  CONSTRAINT purchase_prices_currency CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  CONSTRAINT purchase_prices_prefix CHECK ((prefix ~ '^[0-9]{0,15}$'::text)),
  CONSTRAINT purchase_prices_price CHECK ((price_micros >= 0))
);

CREATE TABLE rate_gates (
  gate text NOT NULL,
  next_slot_at timestamp with time zone NOT NULL,
  CONSTRAINT rate_gates_pk PRIMARY KEY (gate)
) WITH (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=200);

CREATE TABLE recipient_list_rows (
  account_id uuid NOT NULL,
  list_id uuid NOT NULL,
  row_no integer NOT NULL,
  input text NOT NULL,
  digits text,
  country text,
  variables jsonb NOT NULL,
  status text NOT NULL,
  CONSTRAINT recipient_list_rows_pk PRIMARY KEY (account_id, list_id, row_no),
  CONSTRAINT recipient_list_rows_list_fk FOREIGN KEY (account_id, list_id) REFERENCES recipient_lists(account_id, id) ON DELETE CASCADE,
  CONSTRAINT recipient_list_rows_digits CHECK (((status = 'invalid_number'::text) = (digits IS NULL))),
  CONSTRAINT recipient_list_rows_no CHECK ((row_no >= 1)),
  CONSTRAINT recipient_list_rows_status CHECK ((status = ANY (ARRAY['ok'::text, 'invalid_number'::text, 'duplicate'::text, 'no_consent'::text])))
);

CREATE TABLE recipient_lists (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  state text NOT NULL,
  columns text[] DEFAULT '{}'::text[] NOT NULL,
  phone_column text,
  consent_column text,
  ok_rows integer DEFAULT 0 NOT NULL,
  invalid_rows integer DEFAULT 0 NOT NULL,
  duplicate_rows integer DEFAULT 0 NOT NULL,
  no_consent_rows integer DEFAULT 0 NOT NULL,
  error jsonb,
  created_at timestamp with time zone NOT NULL,
  finished_at timestamp with time zone,
  CONSTRAINT recipient_lists_pk PRIMARY KEY (account_id, id),
  CONSTRAINT recipient_lists_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT recipient_lists_finished CHECK (((state = 'receiving'::text) = (finished_at IS NULL))),
  CONSTRAINT recipient_lists_name_length CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT recipient_lists_state CHECK ((state = ANY (ARRAY['receiving'::text, 'ready'::text, 'failed'::text])))
);

CREATE TABLE refresh_tokens (
  token_hash bytea NOT NULL,
  session_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone,
  CONSTRAINT refresh_tokens_pk PRIMARY KEY (token_hash),
  CONSTRAINT refresh_tokens_session_fk FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE
);

CREATE TABLE registrations (
  id uuid NOT NULL,
  login text NOT NULL,
  password_hash text,
  name text,
  email text NOT NULL,
  phone text NOT NULL,
  organisation text NOT NULL,
  address text,
  country character(2) NOT NULL,
  currency character(3) NOT NULL,
  locale text NOT NULL,
  time_zone text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  completed_at timestamp with time zone,
  account_id uuid,
  user_id uuid,
  CONSTRAINT registrations_pk PRIMARY KEY (id),
  CONSTRAINT registrations_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT registrations_completed CHECK ((((completed_at IS NULL) = (account_id IS NULL)) AND ((completed_at IS NULL) = (user_id IS NULL)))),
  CONSTRAINT registrations_email_length CHECK (((length(email) >= 3) AND (length(email) <= 254))),
  CONSTRAINT registrations_login_length CHECK (((length(login) >= 3) AND (length(login) <= 100))),
  CONSTRAINT registrations_password CHECK (((completed_at IS NULL) = (password_hash IS NOT NULL))),
  CONSTRAINT registrations_phone CHECK ((phone ~ '^[1-9][0-9]{6,14}$'::text))
);

CREATE TABLE report_deadlines (
  account_id uuid NOT NULL,
  message_id uuid NOT NULL,
  provider_id uuid NOT NULL,
  look_at timestamp with time zone NOT NULL,
  CONSTRAINT report_deadlines_pk PRIMARY KEY (account_id, message_id)
);

CREATE TABLE report_inbox (
  id uuid NOT NULL,
  provider_id uuid NOT NULL,
  provider_message_id text NOT NULL,
  status text NOT NULL,
  intermediate boolean NOT NULL,
  client_reference text,
  part_no smallint,
  sender text,
  recipient text,
  error_code text,
  done_at timestamp with time zone,
  cost_micros bigint,
  currency character(3),
  operator text,
  raw text NOT NULL,
  received_at timestamp with time zone NOT NULL,
  tries smallint DEFAULT 0 NOT NULL,
  next_try_at timestamp with time zone NOT NULL,
  opted_out boolean DEFAULT false NOT NULL,
  CONSTRAINT report_inbox_pk PRIMARY KEY (id),
  CONSTRAINT report_inbox_status CHECK ((status = ANY (ARRAY['submitted'::text, 'delivered'::text, 'undelivered'::text, 'expired'::text, 'rejected'::text, 'unknown'::text])))
) WITH (fillfactor=80, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500);

CREATE TABLE report_sweep (
  id smallint DEFAULT 1 NOT NULL,
  hour timestamp with time zone,
  after_account uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
  after_attempt uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
  CONSTRAINT report_sweep_pk PRIMARY KEY (id),
  CONSTRAINT report_sweep_is_one CHECK ((id = 1))
);

CREATE TABLE reservations (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  wallet_id uuid NOT NULL,
  subject_kind text NOT NULL,
  subject_id uuid NOT NULL,
  amount_micros bigint NOT NULL,
  remaining_micros bigint NOT NULL,
  state text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  CONSTRAINT reservations_subject UNIQUE (account_id, subject_kind, subject_id),
  CONSTRAINT reservations_pk PRIMARY KEY (account_id, id),
  CONSTRAINT reservations_wallet_fk FOREIGN KEY (account_id, wallet_id) REFERENCES wallets(account_id, id),
  CONSTRAINT reservations_amount CHECK ((amount_micros >= 0)),
  CONSTRAINT reservations_closed_is_empty CHECK ((((state = 'closed'::text) = (closed_at IS NOT NULL)) AND ((state = 'open'::text) OR (remaining_micros = 0)))),
  CONSTRAINT reservations_remaining CHECK (((remaining_micros >= 0) AND (remaining_micros <= amount_micros))),
  CONSTRAINT reservations_state CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])))
) WITH (fillfactor=70);

CREATE TABLE routes (
  id uuid NOT NULL,
  prefix text NOT NULL,
  lane text,
  tier smallint DEFAULT 1 NOT NULL,
  weight smallint DEFAULT 1 NOT NULL,
  provider_id uuid NOT NULL,
  enabled boolean DEFAULT true NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  operator_code text,
  CONSTRAINT routes_pk PRIMARY KEY (id),
  CONSTRAINT routes_operator_fk FOREIGN KEY (operator_code) REFERENCES operators(code),
  CONSTRAINT routes_provider_fk FOREIGN KEY (provider_id) REFERENCES providers(id),
  CONSTRAINT routes_lane CHECK ((lane = ANY (ARRAY['otp'::text, 'transactional'::text, 'bulk'::text]))),
  CONSTRAINT routes_prefix CHECK ((prefix ~ '^[0-9]{0,15}$'::text)),
  CONSTRAINT routes_tier CHECK (((tier >= 1) AND (tier <= 9))),
  CONSTRAINT routes_weight CHECK (((weight >= 1) AND (weight <= 1000)))
);

CREATE TABLE schedule_runs (
  schedule text NOT NULL,
  planned_for timestamp with time zone NOT NULL,
  started_at timestamp with time zone NOT NULL,
  finished_at timestamp with time zone,
  outcome text,
  counts jsonb DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT schedule_runs_pk PRIMARY KEY (schedule, planned_for),
  CONSTRAINT schedule_runs_finished CHECK (((finished_at IS NULL) = (outcome IS NULL))),
  CONSTRAINT schedule_runs_outcome CHECK ((outcome = ANY (ARRAY['done'::text, 'failed'::text])))
);

CREATE TABLE send_caps (
  id uuid NOT NULL,
  account_id uuid,
  traffic text NOT NULL,
  country text NOT NULL,
  max_per_day integer NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT send_caps_pk PRIMARY KEY (id),
  CONSTRAINT send_caps_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT send_caps_country CHECK (((country = ANY (ARRAY['each'::text, 'all'::text])) OR (country ~ '^[A-Z]{2}$'::text))),
  CONSTRAINT send_caps_max CHECK ((max_per_day >= 0)),
  CONSTRAINT send_caps_traffic CHECK ((traffic = ANY (ARRAY['codes'::text, 'messages'::text])))
);

CREATE TABLE send_counts (
  account_id uuid NOT NULL,
  day date NOT NULL,
  traffic text NOT NULL,
  country text NOT NULL,
  sent integer NOT NULL,
  CONSTRAINT send_counts_pk PRIMARY KEY (account_id, day, traffic, country),
  CONSTRAINT send_counts_sent CHECK ((sent >= 0))
) WITH (fillfactor=50);

CREATE TABLE sender_rates (
  number integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  account_id uuid,
  sender text,
  country text,
  source text,
  rate_per_second integer NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT sender_rates_once UNIQUE NULLS NOT DISTINCT (account_id, sender, country, source),
  CONSTRAINT sender_rates_pk PRIMARY KEY (number),
  CONSTRAINT sender_rates_country CHECK ((country ~ '^[A-Z]{2}$'::text)),
  CONSTRAINT sender_rates_of_somebody CHECK (
CASE
    WHEN (source IS NULL) THEN ((account_id IS NOT NULL) AND (sender IS NOT NULL))
    ELSE ((account_id IS NULL) AND (sender IS NULL) AND (country IS NULL))
END),
  CONSTRAINT sender_rates_rate_per_second CHECK (((rate_per_second >= 1) AND (rate_per_second <= 100000)))
);

CREATE TABLE senders (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  sender text NOT NULL,
  country text,
  status text NOT NULL,
  purpose text,
  as_default boolean NOT NULL,
  reason text,
  requested_at timestamp with time zone NOT NULL,
  decided_at timestamp with time zone,
  ended_at timestamp with time zone,
  CONSTRAINT senders_pk PRIMARY KEY (account_id, id),
  CONSTRAINT senders_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT senders_country CHECK ((country ~ '^[A-Z]{2}$'::text)),
  CONSTRAINT senders_decisions_have_times CHECK (((status <> ALL (ARRAY['approved'::text, 'refused'::text, 'revoked'::text])) OR (decided_at IS NOT NULL))),
  CONSTRAINT senders_ends_have_times CHECK (((ended_at IS NOT NULL) = (status = ANY (ARRAY['withdrawn'::text, 'revoked'::text])))),
  CONSTRAINT senders_purpose_length CHECK (((length(purpose) >= 1) AND (length(purpose) <= 500))),
  CONSTRAINT senders_reason_length CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
  CONSTRAINT senders_refusals_have_reasons CHECK (((status <> ALL (ARRAY['refused'::text, 'revoked'::text])) OR (reason IS NOT NULL))),
  CONSTRAINT senders_sender_length CHECK (((length(sender) >= 1) AND (length(sender) <= 20))),
  CONSTRAINT senders_status CHECK ((status = ANY (ARRAY['requested'::text, 'approved'::text, 'refused'::text, 'withdrawn'::text, 'revoked'::text])))
);

CREATE TABLE sending_lines (
  id uuid NOT NULL,
  worker uuid NOT NULL,
  provider_id uuid NOT NULL,
  mark bigint DEFAULT 0 NOT NULL,
  lease_until timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  CONSTRAINT sending_lines_pk PRIMARY KEY (id),
  CONSTRAINT sending_lines_mark CHECK ((mark >= 0))
) WITH (fillfactor=20, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=500);

CREATE TABLE service_prices (
  service_id uuid NOT NULL,
  currency character(3) NOT NULL,
  valid_from timestamp with time zone NOT NULL,
  price_micros bigint NOT NULL,
  CONSTRAINT service_prices_pk PRIMARY KEY (service_id, currency, valid_from),
  CONSTRAINT service_prices_service_fk FOREIGN KEY (service_id) REFERENCES services(id),
  CONSTRAINT service_prices_currency CHECK ((currency = ANY (ARRAY['RUB'::bpchar, 'EUR'::bpchar, 'PLN'::bpchar, 'USD'::bpchar, 'CRD'::bpchar]))),
  CONSTRAINT service_prices_not_negative CHECK ((price_micros >= 0))
);

CREATE TABLE services (
  id uuid NOT NULL,
  code text NOT NULL,
  kind text NOT NULL,
  names jsonb NOT NULL,
  sold_in text[],
  self_service_in text[],
  features text[] DEFAULT '{}'::text[] NOT NULL,
  on_top_of text,
  valid_days integer,
  grace_days integer DEFAULT 0 NOT NULL,
  on_sale boolean DEFAULT true NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT services_code UNIQUE (code),
  CONSTRAINT services_pk PRIMARY KEY (id),
  CONSTRAINT services_on_top_of_fk FOREIGN KEY (on_top_of) REFERENCES services(code),
  CONSTRAINT services_code_form CHECK ((code ~ '^[a-z][a-z0-9_]{0,31}$'::text)),
  CONSTRAINT services_grace_days CHECK (((grace_days >= 0) AND (grace_days <= 90))),
  CONSTRAINT services_kind CHECK ((kind = ANY (ARRAY['messaging'::text, 'recurring'::text, 'one_off'::text]))),
  CONSTRAINT services_names CHECK ((names ?& ARRAY['en'::text, 'ru'::text, 'pl'::text, 'el'::text])),
  CONSTRAINT services_not_on_itself CHECK ((on_top_of <> code)),
  CONSTRAINT services_one_off_ends CHECK (((kind = 'one_off'::text) = (valid_days IS NOT NULL))),
  CONSTRAINT services_valid_days CHECK (((valid_days >= 1) AND (valid_days <= 3660)))
);

CREATE TABLE sessions (
  id uuid NOT NULL,
  subject_kind text NOT NULL,
  subject_id uuid NOT NULL,
  account_id uuid,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  revoked_reason text,
  CONSTRAINT sessions_pk PRIMARY KEY (id),
  CONSTRAINT sessions_user_fk FOREIGN KEY (account_id, subject_id) REFERENCES users(account_id, id),
  CONSTRAINT sessions_account CHECK (((subject_kind = 'user'::text) = (account_id IS NOT NULL))),
  CONSTRAINT sessions_revoked CHECK (((revoked_at IS NULL) = (revoked_reason IS NULL))),
  CONSTRAINT sessions_revoked_reason CHECK ((revoked_reason = ANY (ARRAY['logout'::text, 'logout_all'::text, 'token_reuse'::text, 'password_changed'::text, 'disabled'::text]))),
  CONSTRAINT sessions_subject_kind CHECK ((subject_kind = ANY (ARRAY['user'::text, 'staff'::text])))
);

CREATE TABLE staff (
  id uuid NOT NULL,
  login text NOT NULL,
  password_hash text NOT NULL,
  name text NOT NULL,
  email text,
  role text NOT NULL,
  status text NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  last_sign_in_at timestamp with time zone,
  CONSTRAINT staff_pk PRIMARY KEY (id),
  CONSTRAINT staff_email_length CHECK (((length(email) >= 3) AND (length(email) <= 254))),
  CONSTRAINT staff_login_length CHECK (((length(login) >= 3) AND (length(login) <= 100))),
  CONSTRAINT staff_name_length CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT staff_role CHECK ((role = ANY (ARRAY['admin'::text, 'operations'::text, 'finance'::text, 'support'::text]))),
  CONSTRAINT staff_status CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text])))
);

CREATE TABLE status_polls (
  id uuid NOT NULL,
  provider_id uuid NOT NULL,
  client_reference text NOT NULL,
  provider_message_id text NOT NULL,
  recipient text NOT NULL,
  asked smallint DEFAULT 0 NOT NULL,
  since timestamp with time zone NOT NULL,
  next_ask_at timestamp with time zone NOT NULL,
  CONSTRAINT status_polls_pk PRIMARY KEY (id),
  CONSTRAINT status_polls_provider_fk FOREIGN KEY (provider_id) REFERENCES providers(id)
) WITH (fillfactor=80, autovacuum_vacuum_scale_factor=0.05);

CREATE TABLE subscription_periods (
  account_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  period_no integer NOT NULL,
  starts_at timestamp with time zone NOT NULL,
  ends_at timestamp with time zone NOT NULL,
  currency character(3) NOT NULL,
  price_micros bigint NOT NULL,
  entry_id uuid,
  charged_at timestamp with time zone NOT NULL,
  CONSTRAINT subscription_periods_entry UNIQUE (account_id, entry_id),
  CONSTRAINT subscription_periods_start UNIQUE (account_id, subscription_id, starts_at),
  CONSTRAINT subscription_periods_pk PRIMARY KEY (account_id, subscription_id, period_no),
  CONSTRAINT subscription_periods_entry_fk FOREIGN KEY (account_id, entry_id) REFERENCES ledger_entries(account_id, id),
  CONSTRAINT subscription_periods_subscription_fk FOREIGN KEY (account_id, subscription_id) REFERENCES subscriptions(account_id, id),
  CONSTRAINT subscription_periods_no CHECK ((period_no > 0)),
  CONSTRAINT subscription_periods_order CHECK ((starts_at < ends_at)),
  CONSTRAINT subscription_periods_paid CHECK (((price_micros = 0) = (entry_id IS NULL))),
  CONSTRAINT subscription_periods_price CHECK ((price_micros >= 0))
);

CREATE TABLE subscriptions (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  service_id uuid NOT NULL,
  kind text NOT NULL,
  status text NOT NULL,
  bought_by text NOT NULL,
  time_zone text NOT NULL,
  anchor_day date NOT NULL,
  currency character(3) NOT NULL,
  price_micros bigint NOT NULL,
  period_no integer NOT NULL,
  period_start timestamp with time zone NOT NULL,
  period_end timestamp with time zone NOT NULL,
  cancel_at_period_end boolean DEFAULT false NOT NULL,
  next_at timestamp with time zone,
  grace_until timestamp with time zone,
  ended_at timestamp with time zone,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT subscriptions_pk PRIMARY KEY (account_id, id),
  CONSTRAINT subscriptions_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT subscriptions_service_fk FOREIGN KEY (service_id) REFERENCES services(id),
  CONSTRAINT subscriptions_bought_by CHECK ((bought_by = ANY (ARRAY['account'::text, 'staff'::text]))),
  CONSTRAINT subscriptions_due CHECK (((status = ANY (ARRAY['active'::text, 'waiting_funds'::text])) = (next_at IS NOT NULL))),
  CONSTRAINT subscriptions_end CHECK (((status = ANY (ARRAY['cancelled'::text, 'ended'::text])) = (ended_at IS NOT NULL))),
  CONSTRAINT subscriptions_grace CHECK (((status = 'waiting_funds'::text) = (grace_until IS NOT NULL))),
  CONSTRAINT subscriptions_kind CHECK ((kind = ANY (ARRAY['recurring'::text, 'one_off'::text]))),
  CONSTRAINT subscriptions_period CHECK ((period_start < period_end)),
  CONSTRAINT subscriptions_period_no CHECK ((period_no > 0)),
  CONSTRAINT subscriptions_price CHECK ((price_micros >= 0)),
  CONSTRAINT subscriptions_status CHECK ((status = ANY (ARRAY['active'::text, 'waiting_funds'::text, 'cancelled'::text, 'ended'::text])))
);

CREATE TABLE tariff_prices (
  tariff_id uuid NOT NULL,
  prefix text NOT NULL,
  valid_from timestamp with time zone NOT NULL,
  price_micros bigint NOT NULL,
  CONSTRAINT tariff_prices_pk PRIMARY KEY (tariff_id, prefix, valid_from),
  CONSTRAINT tariff_prices_tariff_fk FOREIGN KEY (tariff_id) REFERENCES tariffs(id),
  CONSTRAINT tariff_prices_prefix CHECK ((prefix ~ '^[0-9]{0,15}$'::text)),
  CONSTRAINT tariff_prices_price CHECK ((price_micros >= 0))
);

CREATE TABLE tariffs (
  id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  currency character(3) NOT NULL,
  charge_on text NOT NULL,
  refund_undelivered boolean NOT NULL,
  is_default boolean DEFAULT false NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  traffic text DEFAULT 'platform'::text NOT NULL,
  features text[] DEFAULT '{}'::text[] NOT NULL,
  CONSTRAINT tariffs_code UNIQUE (code),
  CONSTRAINT tariffs_pk PRIMARY KEY (id),
  CONSTRAINT tariffs_charge_on CHECK ((charge_on = ANY (ARRAY['submit'::text, 'delivery'::text]))),
  CONSTRAINT tariffs_code_form CHECK ((code ~ '^[a-z0-9][a-z0-9-]{0,63}$'::text)),
  CONSTRAINT tariffs_currency CHECK ((currency = ANY (ARRAY['RUB'::bpchar, 'EUR'::bpchar, 'PLN'::bpchar, 'USD'::bpchar, 'CRD'::bpchar]))),
  CONSTRAINT tariffs_refund_needs_submit CHECK (((charge_on = 'submit'::text) OR (NOT refund_undelivered))),
  CONSTRAINT tariffs_traffic CHECK ((traffic = ANY (ARRAY['platform'::text, 'own'::text])))
);

CREATE TABLE telephony_callbacks (
  account_id uuid NOT NULL,
  mapping jsonb NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT telephony_callbacks_pk PRIMARY KEY (account_id),
  CONSTRAINT telephony_callbacks_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id)
);

CREATE TABLE telephony_tokens (
  token_hash bytea NOT NULL,
  account_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT telephony_tokens_account UNIQUE (account_id),
  CONSTRAINT telephony_tokens_pk PRIMARY KEY (token_hash),
  CONSTRAINT telephony_tokens_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id)
);

CREATE TABLE templates (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  body text NOT NULL,
  spelling text NOT NULL,
  alphabet_policy text NOT NULL,
  allowed_variables text[],
  samples jsonb DEFAULT '{}'::jsonb NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  archived_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT templates_pk PRIMARY KEY (account_id, id),
  CONSTRAINT templates_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT templates_alphabet_policy CHECK ((alphabet_policy = ANY (ARRAY['any'::text, 'transliterate'::text, 'refuse'::text]))),
  CONSTRAINT templates_body_length CHECK (((length(body) >= 1) AND (length(body) <= 4000))),
  CONSTRAINT templates_name_length CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  CONSTRAINT templates_spelling CHECK ((spelling = ANY (ARRAY['brackets'::text, 'mustache'::text, 'braces'::text])))
);

CREATE TABLE unknown_outcomes (
  account_id uuid NOT NULL,
  message_id uuid NOT NULL,
  attempt_id uuid NOT NULL,
  provider_id uuid NOT NULL,
  recipient text NOT NULL,
  since timestamp with time zone NOT NULL,
  deadline timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  CONSTRAINT unknown_outcomes_pk PRIMARY KEY (account_id, message_id)
);

CREATE TABLE users (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  login text NOT NULL,
  password_hash text,
  name text,
  email text NOT NULL,
  phone text,
  locale text NOT NULL,
  role text NOT NULL,
  permissions text[],
  status text NOT NULL,
  invitation_hash bytea,
  invitation_expires_at timestamp with time zone,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  last_sign_in_at timestamp with time zone,
  CONSTRAINT users_pk PRIMARY KEY (account_id, id),
  CONSTRAINT users_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT users_active_has_password CHECK (((status <> 'active'::text) OR (password_hash IS NOT NULL))),
  CONSTRAINT users_email_length CHECK (((length(email) >= 3) AND (length(email) <= 254))),
  CONSTRAINT users_invitation CHECK (((invitation_hash IS NULL) = (invitation_expires_at IS NULL))),
  CONSTRAINT users_locale CHECK ((locale = ANY (ARRAY['en'::text, 'ru'::text, 'pl'::text, 'el'::text]))),
  CONSTRAINT users_login_length CHECK (((length(login) >= 3) AND (length(login) <= 100))),
  CONSTRAINT users_name_length CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT users_owner_has_all CHECK (((role <> 'owner'::text) OR (permissions IS NULL))),
  CONSTRAINT users_phone CHECK ((phone ~ '^[1-9][0-9]{6,14}$'::text)),
  CONSTRAINT users_role CHECK ((role = ANY (ARRAY['owner'::text, 'manager'::text, 'viewer'::text]))),
  CONSTRAINT users_status CHECK ((status = ANY (ARRAY['pending'::text, 'active'::text, 'disabled'::text])))
);

CREATE TABLE vat_rates (
  country character(2) NOT NULL,
  regime text NOT NULL,
  valid_from date NOT NULL,
  rate_bps integer NOT NULL,
  CONSTRAINT vat_rates_pk PRIMARY KEY (country, regime, valid_from),
  CONSTRAINT vat_rates_rate CHECK (((rate_bps >= 0) AND (rate_bps <= 10000))),
  CONSTRAINT vat_rates_regime CHECK ((regime = ANY (ARRAY['standard'::text, 'usn5'::text, 'usn7'::text])))
);

CREATE TABLE verification_codes (
  id uuid NOT NULL,
  purpose text NOT NULL,
  subject_id uuid NOT NULL,
  phone text NOT NULL,
  code_hash bytea NOT NULL,
  attempts smallint DEFAULT 0 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone,
  CONSTRAINT verification_codes_pk PRIMARY KEY (id),
  CONSTRAINT verification_codes_phone CHECK ((phone ~ '^[1-9][0-9]{6,14}$'::text)),
  CONSTRAINT verification_codes_purpose CHECK ((purpose = ANY (ARRAY['registration'::text, 'password_reset'::text])))
);

CREATE TABLE wallets (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  service text DEFAULT 'sms'::text NOT NULL,
  currency character(3) NOT NULL,
  available_micros bigint DEFAULT 0 NOT NULL,
  held_micros bigint DEFAULT 0 NOT NULL,
  credit_limit_micros bigint DEFAULT 0 NOT NULL,
  last_seq bigint DEFAULT 0 NOT NULL,
  last_entry_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  last_link bytea DEFAULT '\x'::bytea NOT NULL,
  CONSTRAINT wallets_one_per_service_currency UNIQUE (account_id, service, currency),
  CONSTRAINT wallets_pk PRIMARY KEY (account_id, id),
  CONSTRAINT wallets_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT wallets_credit_limit_not_negative CHECK ((credit_limit_micros >= 0)),
  CONSTRAINT wallets_currency CHECK ((currency = ANY (ARRAY['RUB'::bpchar, 'EUR'::bpchar, 'PLN'::bpchar, 'USD'::bpchar, 'CRD'::bpchar]))),
  CONSTRAINT wallets_held_not_negative CHECK ((held_micros >= 0)),
  CONSTRAINT wallets_service CHECK ((service ~ '^[a-z][a-z0-9_]{0,31}$'::text))
) WITH (fillfactor=50);

CREATE TABLE webhook_deliveries (
  account_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  event_id uuid NOT NULL,
  state text NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  attempts_before integer DEFAULT 0 NOT NULL,
  next_try_at timestamp with time zone,
  sending_until timestamp with time zone,
  last_attempt_at timestamp with time zone,
  last_status smallint,
  last_error text,
  delivered_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT webhook_deliveries_pk PRIMARY KEY (account_id, endpoint_id, event_id),
  CONSTRAINT webhook_deliveries_endpoint_fk FOREIGN KEY (account_id, endpoint_id) REFERENCES webhook_endpoints(account_id, id) ON DELETE CASCADE,
  CONSTRAINT webhook_deliveries_event_fk FOREIGN KEY (account_id, event_id) REFERENCES webhook_events(account_id, id) ON DELETE CASCADE,
  CONSTRAINT webhook_deliveries_pending_is_due CHECK (((state = 'pending'::text) = (next_try_at IS NOT NULL))),
  CONSTRAINT webhook_deliveries_state CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])))
);

CREATE TABLE webhook_endpoints (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  url text NOT NULL,
  description text,
  events text[] NOT NULL,
  enabled boolean NOT NULL,
  secrets jsonb NOT NULL,
  previous_secret_until timestamp with time zone,
  failing_since timestamp with time zone,
  disabled_reason text,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT webhook_endpoints_pk PRIMARY KEY (account_id, id),
  CONSTRAINT webhook_endpoints_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id),
  CONSTRAINT webhook_endpoints_disabled_reason CHECK (((disabled_reason IS NULL) OR ((NOT enabled) AND (disabled_reason = ANY (ARRAY['endpoint_failing'::text, 'endpoint_gone'::text]))))),
  CONSTRAINT webhook_endpoints_events CHECK ((cardinality(events) > 0)),
  CONSTRAINT webhook_endpoints_url CHECK ((url ~ '^https?://'::text))
);

CREATE TABLE webhook_events (
  account_id uuid NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  body text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT webhook_events_pk PRIMARY KEY (account_id, id),
  CONSTRAINT webhook_events_account_fk FOREIGN KEY (account_id) REFERENCES accounts(id)
);

CREATE TABLE attempt_parts_default PARTITION OF attempt_parts DEFAULT WITH (fillfactor=50);

CREATE TABLE attempts_default PARTITION OF attempts DEFAULT WITH (fillfactor=50);

CREATE TABLE delivery_reports_default PARTITION OF delivery_reports DEFAULT;

CREATE TABLE messages_default PARTITION OF messages DEFAULT WITH (fillfactor=50);

CREATE INDEX account_audit_messages ON public.account_audit USING btree (account_id, subject) WHERE (subject ~~ 'message:%'::text);

CREATE UNIQUE INDEX accounts_one_platform ON public.accounts USING btree (kind) WHERE (kind = 'platform'::text);

CREATE INDEX accounts_portal ON public.accounts USING btree (portal_id, id);

CREATE UNIQUE INDEX accounts_portal_external_id ON public.accounts USING btree (portal_id, external_id) WHERE (external_id IS NOT NULL);

CREATE UNIQUE INDEX acts_corrected_once ON public.acts USING btree (account_id, corrects_id, month) WHERE (kind = 'correction'::text);

CREATE UNIQUE INDEX acts_once ON public.acts USING btree (account_id, legal_entity_id, payer_id, month) WHERE (kind = 'act'::text);

CREATE UNIQUE INDEX alerts_open ON public.alerts USING btree (account_id, kind, subject) WHERE (resolved_at IS NULL);

CREATE INDEX alerts_subject ON public.alerts USING btree (account_id, subject, id);

CREATE INDEX api_keys_account ON public.api_keys USING btree (account_id, id) WHERE (account_id IS NOT NULL);

CREATE INDEX api_keys_portal ON public.api_keys USING btree (portal_id, id) WHERE (portal_id IS NOT NULL);

CREATE INDEX attempt_counters_end ON public.attempt_counters USING btree (window_end);

CREATE INDEX attempt_parts_provider_message ON ONLY public.attempt_parts USING btree (provider_message_id, provider_id) WHERE (provider_message_id IS NOT NULL);

CREATE INDEX attempts_message ON ONLY public.attempts USING btree (account_id, message_id);

CREATE INDEX bank_statements_unfinished ON public.bank_statements USING btree (touched_at) WHERE (state <> 'applied'::text);

CREATE INDEX bank_transfers_by_state ON public.bank_transfers USING btree (state, id);

CREATE UNIQUE INDEX bank_transfers_once ON public.bank_transfers USING btree (legal_entity_id, lower(reference));

CREATE UNIQUE INDEX bank_transfers_payment ON public.bank_transfers USING btree (account_id, payment_id, state) WHERE (payment_id IS NOT NULL);

CREATE INDEX campaign_recipients_ready ON public.campaign_recipients USING btree (account_id, campaign_id, row_no) WHERE (state = 'ready'::text);

CREATE INDEX campaigns_running ON public.campaigns USING btree (updated_at) WHERE (state = 'running'::text);

CREATE INDEX delivery_reports_message ON ONLY public.delivery_reports USING btree (account_id, message_id) WHERE (message_id IS NOT NULL);

CREATE INDEX deposit_proofs_newest ON public.deposit_proofs USING btree (id);

CREATE UNIQUE INDEX deposit_proofs_once ON public.deposit_proofs USING btree (account_id, digest) WHERE (state <> 'refused'::text);

CREATE UNIQUE INDEX document_numbers_text ON public.document_numbers USING btree (legal_entity_id, document_number);

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

CREATE INDEX inbound_inbox_due ON public.inbound_inbox USING btree (next_try_at, id);

CREATE INDEX inbound_inbox_parts ON public.inbound_inbox USING btree (sender, recipient, concat_reference) WHERE (parts_total IS NOT NULL);

CREATE INDEX inbound_messages_all ON public.inbound_messages USING btree (id);

CREATE INDEX inbound_messages_provider_message ON public.inbound_messages USING btree (provider_message_id, provider_id) WHERE (provider_message_id IS NOT NULL);

CREATE INDEX inbound_messages_sender ON public.inbound_messages USING btree (account_id, sender, id);

CREATE INDEX invoices_by_amount ON public.invoices USING btree (account_id, legal_entity_id, gross_micros);

CREATE INDEX ledger_entries_statement ON public.ledger_entries USING btree (account_id, wallet_id, created_at, wallet_seq);

CREATE INDEX ledger_entries_statement_by_kind ON public.ledger_entries USING btree (account_id, wallet_id, kind, created_at, wallet_seq);

CREATE UNIQUE INDEX legal_entities_one_default ON public.legal_entities USING btree (currency) WHERE is_default;

CREATE INDEX message_queue_claim ON public.message_queue USING btree (provider_id, lane, account_id, group_id, paced_by, due_at, message_id) WHERE (claimed_by IS NULL);

CREATE INDEX message_queue_claimed ON public.message_queue USING btree (claimed_by, fence) WHERE (claimed_by IS NOT NULL);

CREATE INDEX message_queue_validity ON public.message_queue USING btree (valid_until) WHERE (claimed_by IS NULL);

CREATE INDEX message_streams_group ON public.message_streams USING btree (account_id, group_id);

CREATE INDEX message_streams_open ON public.message_streams USING btree (provider_id, lane, account_id, group_id, paced_by) WHERE (state = 'open'::text);

CREATE INDEX message_streams_parked ON public.message_streams USING btree (ready_at) WHERE (state = 'parked'::text);

CREATE INDEX message_waits_group ON public.message_waits USING btree (account_id, group_id, message_id);

CREATE INDEX message_waits_order ON public.message_waits USING btree (account_id, currency, message_id);

CREATE INDEX message_waits_validity ON public.message_waits USING btree (valid_until);

CREATE INDEX messages_group ON ONLY public.messages USING btree (account_id, group_id, id) WHERE (group_id IS NOT NULL);

CREATE INDEX messages_recipient ON ONLY public.messages USING btree (recipient, account_id, id);

CREATE INDEX messages_refund ON ONLY public.messages USING btree (account_id, refund_entry_id) WHERE (refund_entry_id IS NOT NULL);

CREATE UNIQUE INDEX missed_call_numbers_one_active ON public.missed_call_numbers USING btree (account_id, digits) WHERE active;

CREATE INDEX operator_names_operator ON public.operator_names USING btree (operator_code);

CREATE INDEX payers_by_tax_number ON public.payers USING btree (tax_number);

CREATE UNIQUE INDEX payers_once ON public.payers USING btree (account_id, country, tax_number, COALESCE(tax_reason_code, ''::text)) WHERE (archived_at IS NULL);

CREATE INDEX payment_allocations_invoice ON public.payment_allocations USING btree (account_id, invoice_id);

CREATE INDEX payment_allocations_payment ON public.payment_allocations USING btree (account_id, payment_id);

CREATE UNIQUE INDEX payment_references_any_case ON public.payment_references USING btree (legal_entity_id, lower(bank_reference));

CREATE INDEX payments_by_day ON public.payments USING btree (legal_entity_id, received_on, amount_micros, account_id);

CREATE INDEX ported_numbers_operator ON public.ported_numbers USING btree (operator_code);

CREATE INDEX postings_ledger_account ON public.postings USING btree (account_id, ledger_account, currency) WHERE (wallet_id IS NULL);

CREATE UNIQUE INDEX postings_wallet_history ON public.postings USING btree (account_id, wallet_id, ledger_account, wallet_seq) WHERE (wallet_id IS NOT NULL);

CREATE UNIQUE INDEX providers_callback_token ON public.providers USING btree (callback_token_hash) WHERE (callback_token_hash IS NOT NULL);

CREATE INDEX providers_owner ON public.providers USING btree (owner_account_id, id) WHERE (owner_account_id IS NOT NULL);

CREATE UNIQUE INDEX recipient_list_rows_once ON public.recipient_list_rows USING btree (account_id, list_id, digits) WHERE (status = 'ok'::text);

CREATE INDEX recipient_lists_receiving ON public.recipient_lists USING btree (created_at) WHERE (state = 'receiving'::text);

CREATE INDEX refresh_tokens_session ON public.refresh_tokens USING btree (session_id);

CREATE INDEX registrations_expiry ON public.registrations USING btree (expires_at);

CREATE INDEX report_deadlines_due ON public.report_deadlines USING btree (look_at);

CREATE INDEX report_inbox_due ON public.report_inbox USING btree (next_try_at, id);

CREATE INDEX report_inbox_parked ON public.report_inbox USING btree (id) WHERE (tries > 0);

CREATE INDEX routes_operator ON public.routes USING btree (operator_code) WHERE (operator_code IS NOT NULL);

CREATE UNIQUE INDEX routes_unique ON public.routes USING btree (prefix, COALESCE(operator_code, ''::text), COALESCE(lane, ''::text), tier, provider_id);

CREATE UNIQUE INDEX send_caps_one ON public.send_caps USING btree (COALESCE(account_id, '00000000-0000-0000-0000-000000000000'::uuid), traffic, country);

CREATE INDEX senders_by_status ON public.senders USING btree (status, id);

CREATE UNIQUE INDEX senders_one_active ON public.senders USING btree (account_id, sender, COALESCE(country, ''::text)) WHERE (status = ANY (ARRAY['requested'::text, 'approved'::text]));

CREATE INDEX sessions_expiry ON public.sessions USING btree (expires_at);

CREATE INDEX sessions_open ON public.sessions USING btree (subject_id) WHERE (revoked_at IS NULL);

CREATE UNIQUE INDEX staff_login_key ON public.staff USING btree (lower(login));

CREATE INDEX status_polls_due ON public.status_polls USING btree (provider_id, next_ask_at);

CREATE INDEX subscriptions_next ON public.subscriptions USING btree (next_at, account_id, id) WHERE (next_at IS NOT NULL);

CREATE UNIQUE INDEX subscriptions_one_running ON public.subscriptions USING btree (account_id, service_id) WHERE ((kind = 'recurring'::text) AND (status = ANY (ARRAY['active'::text, 'waiting_funds'::text])));

CREATE UNIQUE INDEX tariffs_one_default ON public.tariffs USING btree (currency, traffic) WHERE is_default;

CREATE INDEX unknown_outcomes_attempt ON public.unknown_outcomes USING btree (attempt_id);

CREATE INDEX unknown_outcomes_closed ON public.unknown_outcomes USING btree (closed_at) WHERE (closed_at IS NOT NULL);

CREATE INDEX unknown_outcomes_deadline ON public.unknown_outcomes USING btree (deadline) WHERE (closed_at IS NULL);

CREATE INDEX unknown_outcomes_match ON public.unknown_outcomes USING btree (recipient, provider_id);

CREATE INDEX users_invitation_hash ON public.users USING btree (invitation_hash) WHERE (invitation_hash IS NOT NULL);

CREATE INDEX verification_codes_expiry ON public.verification_codes USING btree (expires_at);

CREATE INDEX verification_codes_subject ON public.verification_codes USING btree (subject_id, id);

CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (account_id, endpoint_id, next_try_at) WHERE (state = 'pending'::text);

CREATE INDEX webhook_deliveries_event ON public.webhook_deliveries USING btree (account_id, event_id);

CREATE INDEX webhook_events_created ON public.webhook_events USING btree (created_at);
