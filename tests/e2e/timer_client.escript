#!/usr/bin/env escript
%% A client of the service `timer`, written from docs/protocol.md alone; the section numbers below
%% are those of that document. It needs nothing but Erlang/OTP 25 or later.
%%
%%     TRAM_TOKEN='ada 0123...' escript timer_client.escript HOST PORT SERVICE_COUNT
%%
%% TRAM_TOKEN holds the text of a token file (8); when it is unset, the client holds no token. The
%% client sends SERVICE_COUNT REQUESTs one after the other, checks each REPLY, takes its leave and
%% prints `ok SERVICE_COUNT`. Anything else: one line with the code (7) on stderr, and exit code 1.
-mode(compile).

%% Kinds (3, 10).
-define(HELLO, 1). -define(CHALLENGE, 2). -define(PROOF, 3). -define(WELCOME, 4). -define(ERROR, 5).
-define(PING, 6). -define(PONG, 7). -define(GOODBYE, 8). -define(GOODBYE_ACK, 9).
-define(CREDIT, 10). -define(REQUEST, 16#20). -define(REPLY, 16#21).

main([Host, Port, Count]) ->
    try
        Token = token(os:getenv("TRAM_TOKEN")),
        Sock = connect(Host, list_to_integer(Port)),
        Beat = handshake(Sock, Token, now_ms() + 5000),
        <<Run:60, _:4>> = crypto:strong_rand_bytes(8),
        [ask(Sock, Beat, Run, Sequence) || Sequence <- lists:seq(0, list_to_integer(Count) - 1)],
        leave(Sock, Beat),
        io:format("ok ~s~n", [Count])
    catch
        throw:{Code, Message} -> die(Code, Message);
        error:Defect -> die("internal", io_lib:format("~0p", [Defect]))
    end;
main(_) -> die("usage", "escript timer_client.escript HOST PORT SERVICE_COUNT").

die(Code, Message) ->
    io:format(standard_error, "timer_client: ~ts: ~ts~n", [Code, Message]),
    halt(1).

%% The first token of a token file (8) as {Name, Key}, or none. A line of another form is an error.
token(false) -> none;
token(Text) ->
    Form = "^[ \\t]*(?:(?:([A-Za-z0-9._-]{1,32})[ \\t]+)?([0-9A-Fa-f]{64})[ \\t]*)?(?:#.*)?\\r?\\z",
    Lines = binary:split(unicode:characters_to_binary(Text), <<"\n">>, [global]),
    Matches = [re:run(Line, Form, [{capture, [1, 2], binary}]) || Line <- Lines],
    Tokens = [{Name, binary:decode_hex(Hex)} || {match, [Name, Hex]} <- Matches, Hex =/= <<>>],
    Names = [Name || {Name, _} <- Tokens],
    Good = not lists:member(nomatch, Matches) andalso length(Names) =:= length(lists:usort(Names)),
    case Tokens of
        [First | _] when Good -> First;
        _ -> throw({"usage", "TRAM_TOKEN is not the text of a token file"})
    end.

%% {packet, 4} is the length of section 2: Erlang puts it in front of what we send, strips it from
%% what we receive, and refuses what is longer than packet_size. With exit_on_close it would also
%% close the socket when it refuses, before our ERROR is sent.
connect(Host, Port) ->
    Options = [binary, {active, false}, {packet, 4}, {packet_size, 4096}, {nodelay, true},
               {exit_on_close, false}],
    case gen_tcp:connect(Host, Port, Options, 5000) of
        {ok, Sock} -> Sock;
        {error, Reason} -> throw({"unreachable", io_lib:format("~0p", [Reason])})
    end.

%% The handshake, with the checks of 4.8 and 4.9. Returns the time between signs of life.
handshake(Sock, Token, Deadline) ->
    {Name, Key} = case Token of none -> {"", none}; _ -> Token end,
    Nonce = string:lowercase(binary:encode_hex(crypto:strong_rand_bytes(32))),
    Hello = send(Sock, ?HELLO, io_lib:format(
        "{\"versions\":[1],\"service\":\"timer\",\"clientId\":\"timer_client.escript\","
        "\"nonce\":\"~s\",\"tokenName\":\"~s\"}", [Nonce, Name])),

    ChallengeJson = expect(Sock, ?CHALLENGE, Deadline),
    Challenge = object(Sock, ChallengeJson, [
        {version, fun is_integer/1}, {nonce, text("[0-9a-f]{64}")},
        {tokenRequired, fun is_boolean/1}]),
    maps:get(<<"version">>, Challenge) =:= 1 orelse refuse(Sock, "version", "only 1 was offered"),
    case maps:get(<<"tokenRequired">>, Challenge) of
        true when Key =:= none -> refuse(Sock, "token-required", "TRAM_TOKEN is not set");
        false when Key =/= none -> refuse(Sock, "server-unproven", "the server asks for no token");
        _ -> ok
    end,

    %% Hashes and proofs are over whole frames as they crossed the wire, length included (4.6).
    Th = crypto:hash(sha256, [Hello, wire(?CHALLENGE, ChallengeJson)]),
    Proof = send(Sock, ?PROOF, [hmac(Key, ["tram/1 client", Th]), <<0:256>>]),

    Welcome = expect(Sock, ?WELCOME, Deadline),
    JsonSize = max(0, byte_size(Welcome) - 32),
    <<Json:JsonSize/binary, ServerProof/binary>> = Welcome,
    #{<<"heartbeatMs">> := Beat, <<"maxFrameBytes">> := MaxFrame} = object(Sock, Json, [
        {session, text("[0-9a-f]{32}")}, {heartbeatMs, between(1, 1 bsl 53)},
        {maxFrameBytes, between(1, 64 bsl 20)}, {bulkCreditBytes, between(1, 1 bsl 53)},
        {resumed, fun(Resumed) -> Resumed =:= false end}, {highestSequence, fun is_u64/1},
        {cookie, optional(text("[0-9a-f]{64}"))}]),
    <<Before:(5 + JsonSize)/binary, _/binary>> = wire(?WELCOME, Welcome),
    Key =:= none
        orelse crypto:hash_equals(hmac(Key, ["tram/1 server", Th, Proof, Before]), ServerProof)
        orelse refuse(Sock, "server-unproven", "the server does not know the token"),
    ok = inet:setopts(Sock, [{packet_size, MaxFrame}]),
    min(Beat, 16#ffffffff).  % recv/3 cannot wait longer

hmac(none, _) -> <<0:256>>;
hmac(Key, Data) -> crypto:mac(hmac, sha256, Key, Data).

%% One question to the service (10). The UUID is of version 8: 60 bits of run, 62 of sequence.
ask(Sock, Beat, Run, Sequence) ->
    Uuid = <<(Run bsr 12):48, 8:4, Run:12, 2:2, Sequence:62>>,
    send(Sock, ?REQUEST, Uuid),
    case next(Sock, Beat, open, 1) of
        {reply, Uuid, -1} when Sequence =:= 0 -> ok;
        {reply, Uuid, Gap} when Sequence > 0, Gap >= 0, Gap < 1 bsl 53 -> ok;
        _ -> refuse(Sock, "bad-message", io_lib:format("a wrong reply to request ~b", [Sequence]))
    end.

%% The leaver's side of GOODBYE (6.4).
leave(Sock, Beat) ->
    send(Sock, ?GOODBYE, "{\"code\":\"done\",\"message\":\"\"}"),
    case next(Sock, Beat, leaving, 1) of
        goodbye_ack -> close(Sock);
        _ -> refuse(Sock, "bad-message", "a reply that answers no request")
    end.

%% Reads until REPLY or GOODBYE_ACK comes, and deals with the rest (12, step 8). State is open,
%% leaving (we said GOODBYE) or crossed (so did the server); Silent counts heartbeats (6.3). Nothing
%% of this service is on the bulk lane, so there is no credit to count.
next(Sock, Beat, State, Silent) ->
    case read(Sock, Beat) of
        {?REPLY, <<Uuid:16/binary, Gap:64/signed>>} -> {reply, Uuid, Gap};
        {?GOODBYE_ACK, _} when State =/= open -> goodbye_ack;
        {?PING, <<Same:8/binary>>} -> send(Sock, ?PONG, Same), next(Sock, Beat, State, 1);
        {?PONG, <<_:8/binary>>} -> next(Sock, Beat, State, 1);
        {?CREDIT, <<_:32, _/binary>>} -> next(Sock, Beat, State, 1);
        {?GOODBYE, _} when State =:= crossed -> next(Sock, Beat, State, 1);
        {?GOODBYE, Json} ->
            Reason = reason(Sock, Json),
            send(Sock, ?GOODBYE_ACK, ""),
            State =:= leaving orelse stop(Sock, Reason),
            next(Sock, Beat, crossed, 1);
        {Kind, _} when Kind >= 16#80 -> next(Sock, Beat, State, 1);  % ignorable (3)
        {Kind, _} when Kind =:= ?REPLY; Kind =:= ?PING; Kind =:= ?PONG; Kind =:= ?CREDIT ->
            refuse(Sock, "bad-message", io_lib:format("kind ~b of another length", [Kind]));
        {Kind, _} when Kind >= ?HELLO, Kind =< ?CREDIT; Kind =:= ?REQUEST ->
            refuse(Sock, "unexpected-kind", io_lib:format("kind ~b has no place here", [Kind]));
        {Kind, _} -> refuse(Sock, "unknown-kind", io_lib:format("kind ~b", [Kind]));
        timeout when Silent < 3 -> send(Sock, ?PING, <<0:64>>), next(Sock, Beat, State, Silent + 1);
        timeout -> refuse(Sock, "silent", "nothing was heard for three heartbeats")
    end.

%% The one frame that the handshake goes on with (4.1).
expect(Sock, Kind, Deadline) ->
    case read(Sock, max(0, Deadline - now_ms())) of
        {Kind, Payload} -> Payload;
        timeout -> gen_tcp:close(Sock), throw({"handshake-timeout", "no answer within 5 s"});
        {Other, _} -> refuse(Sock, "unexpected-kind", io_lib:format("kind ~b", [Other]))
    end.

read(Sock, Timeout) ->
    case gen_tcp:recv(Sock, 0, Timeout) of
        {ok, <<?ERROR, Json/binary>>} ->
            _ = gen_tcp:shutdown(Sock, write),  % nothing answers ERROR, not even a malformed one
            stop(Sock, reason(Sock, Json));
        {ok, <<Kind, Payload/binary>>} -> {Kind, Payload};
        {ok, <<>>} -> refuse(Sock, "frame-empty", "a frame without a kind");
        {error, timeout} -> timeout;
        {error, emsgsize} -> refuse(Sock, "frame-too-large", "a frame above the limit");
        {error, _} -> gen_tcp:close(Sock), throw({"lost", "the connection ended without a goodbye"})
    end.

%% Sends a frame and returns all its bytes. Where that fails, the next read tells why.
send(Sock, Kind, Payload) ->
    _ = gen_tcp:send(Sock, [Kind, Payload]),
    wire(Kind, Payload).

wire(Kind, Payload) -> <<(1 + iolist_size(Payload)):32, Kind, (iolist_to_binary(Payload))/binary>>.

%% "Refuses with `code`" (1): ERROR (6.5), and the end.
refuse(Sock, Code, Message) ->
    send(Sock, ?ERROR, ["{\"code\":\"", Code, "\",\"message\":\"", Message, "\"}"]),
    stop(Sock, {Code, Message}).

stop(Sock, Reason) -> close(Sock), throw(Reason).

%% Closing without destroying what is still on its way (6.6).
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

%% {Code, Message} of ERROR or GOODBYE (6.4, 6.5); control characters are made harmless.
reason(Sock, Json) ->
    Short = fun(<<Text/binary>>) ->
        byte_size(unicode:characters_to_binary(Text, utf8, utf16)) =< 2 * 500
    end,
    #{<<"code">> := Code, <<"message">> := Message} = object(Sock, Json, [
        {code, text("[a-z0-9.-]{1,64}")}, {message, Short},
        {retryAfterMs, optional(fun(Ms) -> is_number(Ms) andalso Ms >= 0 end)}]),
    {Code, re:replace(Message, "[\\p{Cc}\\p{Cf}]", " ", [global, unicode])}.

%% JSON (1): one object as a map, in which each of Members has to pass its test.
object(Sock, Json, Members) ->
    try
        {#{} = Map, Rest} = value(skip(Json)),
        <<>> = skip(Rest),
        [true = Test(maps:get(atom_to_binary(Name), Map, absent)) || {Name, Test} <- Members],
        Map
    catch
        error:_ -> refuse(Sock, "bad-message", "the payload has another form")
    end.

text(Form) ->
    fun(Text) -> is_binary(Text) andalso re:run(Text, ["^", Form, "\\z"]) =/= nomatch end.
between(Low, High) -> fun(N) -> is_integer(N) andalso N >= Low andalso N =< High end.
optional(Test) -> fun(Value) -> Value =:= absent orelse Test(Value) end.
is_u64(Text) -> (text("[0-9]{1,20}"))(Text) andalso binary_to_integer(Text) < 1 bsl 64.

%% The value at the start, and what follows it. This is all of JSON, except that numbers beyond the
%% range of a double are refused. It fails on whatever is not JSON.
value(<<${, More/binary>>) ->
    {Pairs, Rest} = list(skip(More), $}, fun pair/1, []),
    Map = maps:from_list(Pairs),
    true = map_size(Map) =:= length(Pairs),  % no name twice
    {Map, Rest};
value(<<$[, More/binary>>) -> list(skip(More), $], fun value/1, []);
value(<<$", More/binary>>) -> string(More, <<>>);
value(<<"true", Rest/binary>>) -> {true, Rest};
value(<<"false", Rest/binary>>) -> {false, Rest};
value(<<"null", Rest/binary>>) -> {null, Rest};
value(Json) ->
    {match, [{0, Size} | _]} = re:run(Json, "^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?"),
    <<Text:Size/binary, Rest/binary>> = Json,
    {number(Text), Rest}.

number(Text) ->
    try binary_to_integer(Text)
    catch error:badarg ->  % Erlang wants a fraction before an exponent
        Float = binary_to_float(re:replace(Text, "^-?[0-9]+(?=[eE])", "&.0", [{return, binary}])),
        case trunc(Float) of Whole when Whole == Float -> Whole; _ -> Float end
    end.

list(<<End, Rest/binary>>, End, _, []) -> {[], Rest};
list(Json, End, Item, Before) ->
    {Value, Rest} = Item(Json),
    case skip(Rest) of
        <<$,, More/binary>> -> list(skip(More), End, Item, [Value | Before]);
        <<End, More/binary>> -> {lists:reverse(Before, [Value]), More}
    end.

pair(<<$", Json/binary>>) ->
    {Name, Rest} = string(Json, <<>>),
    <<$:, More/binary>> = skip(Rest),
    {Value, End} = value(skip(More)),
    {{Name, Value}, End}.

string(<<$", Rest/binary>>, Text) -> {Text, Rest};
string(<<"\\u", Digits:4/binary, Rest/binary>>, Text) ->
    case {binary:decode_hex(Digits), Rest} of
        {<<2#110110:6, High:10>>, <<"\\u", Digits2:4/binary, More/binary>>} ->  % two surrogates
            <<2#110111:6, Low:10>> = binary:decode_hex(Digits2),
            string(More, <<Text/binary, (16#10000 + (High bsl 10) + Low)/utf8>>);
        {<<Char:16>>, _} -> string(Rest, <<Text/binary, Char/utf8>>)
    end;
string(<<$\\, Letter, Rest/binary>>, Text) ->
    {_, Char} = lists:keyfind(Letter, 1, lists:zip("\"\\/bfnrt", "\"\\/\b\f\n\r\t")),
    string(Rest, <<Text/binary, Char>>);
string(<<Char/utf8, Rest/binary>>, Text) when Char >= 32 ->
    string(Rest, <<Text/binary, Char/utf8>>).

skip(<<Space, Rest/binary>>) when Space =:= $\s; Space =:= $\t; Space =:= $\n; Space =:= $\r ->
    skip(Rest);
skip(Rest) -> Rest.
