"""Auth: sign-up, log-in, sessions and tokens, and changes of password and e-mail address.

Tables: `credentials`, `challenges`, `sessions`, `oauth-states`
Consumes: `user.erased`
Library: `bodies` (request bodies), `captcha` (verifying captchas), `challenges` (one-time codes),
  `email_changes` (pending e-mail addresses), `google` (the sign-in page), `google_accounts`
  (the account of an identity), `google_identities` (codes and ID tokens), `iam_policies` (the
  authorizers' answer), `known_devices` (log-ins from others are mailed), `login_accounts` (who may
  log in), `mails` (mails with codes), `models` (tables), `oauth_states` (sign-ins under way),
  `password_confirmation` (the password again), `password_resets` (mailed codes and tokens),
  `passwords` (hashes), `personal_data` (exports),
  `public` (for other services), `registration` (new accounts), `sessions` (sessions and their
  tokens), `third_party` (calls to providers), `user_agents` (device names),
  `username_suggestions` (usernames from names)
"""
