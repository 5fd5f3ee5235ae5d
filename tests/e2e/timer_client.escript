#!/usr/bin/env escript
%% A client of the service `timer` that shows how little is needed: Erlang/OTP 25 or later and
%% docs/protocol.md, whose sections are the numbers in brackets.
%%
%%     TRAM_TOKEN='ada 0123...' escript timer_client.escript HOST PORT COUNT
%%
%% It sends COUNT REQUESTs, each after the REPLY to the one before, says goodbye and prints
%% `ok COUNT`. If anything else happens: one line with the code (7) on stderr, and exit code 1.
-mode(compile).

%% Kinds (3, 10).
-define(HELLO, 1). -define(CHALLENGE, 2). -define(PROOF, 3). -define(WELCOME, 4). -define(ERROR, 5).
-define(PING, 6). -define(PONG, 7). -define(GOODBYE, 8). -define(GOODBYE_ACK, 9).
-define(CREDIT, 10). -define(REQUEST, 16#20). -define(REPLY, 16#21).

main([Host, Port, Count]) ->
    try
        Token = token(os:getenv("TRAM_TOKEN", "")),
        Sock = connect(Host, list_to_integer(Port)),
        Beat = handshake(Sock, Token),
        <<Run:60, _:4>> = crypto:strong_rand_bytes(8),
        [ask(Sock, Beat, Run, N) || N <- lists:seq(0, list_to_integer(Count) - 1)],
        send(Sock, ?GOODBYE, "{\"code\":\"done\",\"message\":\"\"}"),
        next(Sock, Beat, ?GOODBYE_ACK, 0),
        close(Sock),
        io:format("ok ~s~n", [Count])
    catch throw:{Code, Message} ->
        io:format(standard_error, "timer_client: ~s: ~s~n", [Code, Message]),
        halt(1)
    end.

%% Name and bytes of the first token in the text of a token file (8).
token("") -> {"", none};
token(Text) ->
    Line = "^[ \\t]*(?:([\\w.-]{1,32})[ \\t]+)?([[:xdigit:]]{64})[ \\t\\r]*(?:#|$)",
    case re:run(Text, Line, [unicode, multiline, {capture, [1, 2], binary}]) of
        {match, [Name, Digits]} -> {Name, binary:decode_hex(Digits)};
        nomatch -> throw({"usage", "TRAM_TOKEN holds no token"})
    end.

%% {packet, 4} is the length of section 2: Erlang adds it on sending and takes it off on receiving.
%% With exit_on_close it would close the socket on a frame above packet_size, before we send ERROR.
connect(Host, Port) ->
    Options = [binary, {active, false}, {packet, 4}, {packet_size, 4096}, {nodelay, true},
               {exit_on_close, false}],
    case gen_tcp:connect(Host, Port, Options, 5000) of
        {ok, Sock} -> Sock;
        {error, Reason} -> throw({"unreachable", inet:format_error(Reason)})
    end.

%% The handshake (4). Returns the time between two signs of life.
handshake(Sock, {Name, Key}) ->
    Deadline = now_ms() + 5000,
    Answer = fun(Kind) -> next(Sock, max(0, Deadline - now_ms()), Kind, 0) end,
    Nonce = string:lowercase(binary:encode_hex(crypto:strong_rand_bytes(32))),
    Hello = send(Sock, ?HELLO, [
        "{\"versions\":[1],\"service\":\"timer\",\"clientId\":\"timer_client\",\"nonce\":\"", Nonce,
        "\",\"tokenName\":\"", Name, "\"}"]),
    Challenge = Answer(?CHALLENGE),
    member(Sock, Challenge, "nonce", "\"([0-9a-f]{64})\""),
    number(Sock, Challenge, "version") =:= 1 orelse refuse(Sock, "version", "only 1 was offered"),
    IsAsked = member(Sock, Challenge, "tokenRequired", "(true|false)") =:= <<"true">>,
    IsAsked andalso Key =:= none andalso refuse(Sock, "token-required", "TRAM_TOKEN is not set"),
    IsAsked orelse Key =:= none orelse refuse(Sock, "server-unproven", "it asks for no token"),
    %% Proofs are over whole frames as they crossed the wire, length included (4.6).
    Th = crypto:hash(sha256, [Hello, wire(?CHALLENGE, Challenge)]),
    Proof = send(Sock, ?PROOF, [hmac(Key, ["tram/1 client", Th]), <<0:256>>]),
    Welcome = wire(?WELCOME, Answer(?WELCOME)),
    {Json, Theirs} = split_binary(Welcome, max(5, byte_size(Welcome) - 32)),
    member(Sock, Json, "session", "\"([0-9a-f]{32})\""),
    Ours = hmac(Key, ["tram/1 server", Th, Proof, Json]),
    Key =:= none orelse crypto:hash_equals(Ours, Theirs)
        orelse refuse(Sock, "server-unproven", "it did not prove the token"),
    member(Sock, Json, "resumed", "(true|false)") =:= <<"false">>
        orelse refuse(Sock, "bad-session", "no session was named"),
    ok = inet:setopts(Sock, [{packet_size, number(Sock, Json, "maxFrameBytes")}]),
    number(Sock, Json, "heartbeatMs").

hmac(none, _) -> <<0:256>>;
hmac(Key, Data) -> crypto:mac(hmac, sha256, Key, Data).

%% One question to the service (10). The UUID is of version 8: 60 bits of run, 62 of sequence.
ask(Sock, Beat, Run, N) ->
    Uuid = <<(Run bsr 12):48, 8:4, Run:12, 2:2, N:62>>,
    send(Sock, ?REQUEST, Uuid),
    case next(Sock, Beat, ?REPLY, 0) of
        <<Uuid:16/binary, Gap:64/signed>> when Gap >= -1, (Gap =:= -1) =:= (N =:= 0) -> ok;
        _ -> refuse(Sock, "bad-message", "a wrong reply")
    end.

%% The payload of the next frame of kind Wanted. Other frames are dealt with as section 16 says,
%% step 8; Quiet counts heartbeats without any frame (6.3).
next(Sock, Beat, Wanted, Quiet) ->
    case read(Sock, Beat) of
        {Wanted, Payload} -> Payload;
        {_, _} when Wanted < ?ERROR -> refuse(Sock, "unexpected-kind", "not in the handshake");
        timeout when Wanted < ?ERROR -> close(Sock), throw({"unreachable", "no answer in 5 s"});
        {?PING, <<Same:8/binary>>} -> send(Sock, ?PONG, Same), next(Sock, Beat, Wanted, 0);
        {?PONG, <<_:8/binary>>} -> next(Sock, Beat, Wanted, 0);
        {?CREDIT, <<_:32, _/binary>>} -> next(Sock, Beat, Wanted, 0);  % we send no bulk frames
        {?GOODBYE, _} when Wanted =:= ?GOODBYE_ACK ->  % the two crossed (6.4)
            send(Sock, ?GOODBYE_ACK, []), next(Sock, Beat, Wanted, 0);
        {?GOODBYE, Json} -> send(Sock, ?GOODBYE_ACK, []), stop(Sock, reason(Sock, Json));
        {Kind, _} when Kind >= 16#80 -> next(Sock, Beat, Wanted, 0);  % ignorable (3), as STOPPED
        {Kind, _} when Kind =:= ?PING; Kind =:= ?PONG; Kind =:= ?CREDIT; Kind =:= ?REPLY ->
            refuse(Sock, "bad-message", "wrong length, or a reply to nothing");
        {Kind, _} when Kind >= ?HELLO, Kind < ?CREDIT; Kind =:= ?REQUEST ->
            refuse(Sock, "unexpected-kind", "no place for it here");
        {_, _} -> refuse(Sock, "unknown-kind", "no such kind");
        timeout when Quiet < 2 -> send(Sock, ?PING, <<0:64>>), next(Sock, Beat, Wanted, Quiet + 1);
        timeout -> refuse(Sock, "silent", "nothing was heard for three heartbeats")
    end.

read(Sock, TimeoutMs) ->
    case gen_tcp:recv(Sock, 0, TimeoutMs) of
        {ok, <<?ERROR, Json/binary>>} -> stop(Sock, reason(Sock, Json));
        {ok, <<Kind, Payload/binary>>} -> {Kind, Payload};
        {ok, <<>>} -> refuse(Sock, "frame-empty", "a frame without a kind");
        {error, emsgsize} -> refuse(Sock, "frame-too-large", "a frame above the limit");
        {error, timeout} -> timeout;
        {error, _} -> gen_tcp:close(Sock), throw({"lost", "the connection ended without a goodbye"})
    end.

%% Sends a frame and returns its bytes. When that fails, the next read tells why (6.6).
send(Sock, Kind, Payload) -> _ = gen_tcp:send(Sock, [Kind, Payload]), wire(Kind, Payload).
wire(Kind, Payload) -> <<(1 + iolist_size(Payload)):32, Kind, (iolist_to_binary(Payload))/binary>>.

%% "Refuses with `code`" (1).
refuse(Sock, Code, Message) ->
    send(Sock, ?ERROR, ["{\"code\":\"", Code, "\",\"message\":\"", Message, "\"}"]),
    stop(Sock, {Code, Message}).
stop(Sock, Reason) -> close(Sock), throw(Reason).

%% Ends the stream so that what is on its way still arrives (6.6).
close(Sock) ->
    _ = gen_tcp:shutdown(Sock, write),
    _ = inet:setopts(Sock, [{packet, raw}]),
    drain(Sock, now_ms() + 1000).

drain(Sock, Deadline) ->
    case gen_tcp:recv(Sock, 0, max(0, Deadline - now_ms())) of
        {ok, _} -> drain(Sock, Deadline);
        {error, _} -> gen_tcp:close(Sock)
    end.
now_ms() -> erlang:monotonic_time(millisecond).

%% Code and message of ERROR or GOODBYE; what is not printable ASCII is shown as ? (6.5).
reason(Sock, Json) ->
    Message = member(Sock, Json, "message", "\"((?:[^\"\\\\]|\\\\.)*)\""),
    {member(Sock, Json, "code", "\"([a-z0-9.-]+)\""), re:replace(Message, "[^ -~]", "?", [global])}.

%% The value of a member, of the form Form. This is no JSON reader, but enough for the flat objects
%% that our server sends; Erlang/OTP 27 has the module json.
member(Sock, Json, Name, Form) ->
    case re:run(Json, ["\"", Name, "\"\\s*:\\s*", Form], [{capture, [1], binary}]) of
        {match, [Value]} -> Value;
        nomatch -> refuse(Sock, "bad-message", ["no good member ", Name])
    end.
number(Sock, Json, Name) -> binary_to_integer(member(Sock, Json, Name, "(\\d{1,9})(?=\\s*[,}])")).
