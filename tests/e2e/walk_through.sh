# 1. Register two users                                          -> 201 {"message":"User created","token":"eyJhbGc...",...}
curl -X POST $API/auth/signup -H "Content-Type: application/json" -d '{
    "name": "Test User", "email": "test@example.com", "username": "testuser", "password": "Password123!" }'
curl -X POST $API/auth/signup -H "Content-Type: application/json" -d '{
    "name": "Other User", "email": "other@example.com", "username": "otheruser", "password": "Password123!" }'
# 2. Log in                                                      -> 200 {"token":"eyJhbGc...",...}
TOKEN=$(curl -s -X POST $API/auth/login -H "Content-Type: application/json" -d '{
    "identifier": "test@example.com", "password": "Password123!" }' | jq -r '.token')
OTHER=$(curl -s -X POST $API/auth/login -H "Content-Type: application/json" -d '{
    "identifier": "otheruser", "password": "Password123!" }' | jq -r '.token')
curl -i $API/auth/verify-user -H "Authorization: Bearer $TOKEN" # -> 200 {"valid":true}, header x-user-payload
USER_ID=$(curl -s $API/users/profile/otheruser -H "Authorization: Bearer $TOKEN" | jq -r '.user.id')
# 3. Protected endpoints
POST_ID=$(curl -s -X POST $API/posts/ -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d '{
    "content": "My first post!", "visibility": "public" }' | jq -r '.id')       # 201 Post (root = canonical dialect)
curl -X POST $API/api/v1/posts/ -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \
    -d '{"content": "Second", "visibility": "public"}'          # -> 201 {"message":"Post created","post":{...}}
curl -X GET $API/users/profile/$USER_ID -H "Authorization: Bearer $TOKEN"       # -> 200 {"success":true,"user":{...}}
curl -X POST $API/users/follow/$USER_ID -H "Authorization: Bearer $TOKEN"       # -> 200 {"message":"Followed successfully","follow":{...}}
curl -X POST $API/users/follow/$USER_ID -H "Authorization: Bearer $TOKEN"       # -> 400 {"error":"Already following",...}
curl -X POST $API/api/v1/posts/$POST_ID/like -H "Authorization: Bearer $OTHER"  # -> 200 {"liked":true,...}; again: false
curl -X POST $API/posts/$POST_ID/comment -H "Authorization: Bearer $OTHER" -H "Content-Type: application/json" -d '{"content":"Nice!"}'
# 4. Events -> notifications (visible within 2 s)
sleep 2
curl -X GET $API/notify/notifications -H "Authorization: Bearer $TOKEN"         # -> post.created (POST), COMMENT, LIKE
curl -X GET "$API/api/feed/?page=1&limit=10" -H "Authorization: Bearer $TOKEN"  # -> {"posts":[],...}: otheruser has none yet
# 5. Chat: a room is a conversation
ROOM=$(curl -s -X POST $API/conversations -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \
    -d "{\"participant_ids\":[\"$USER_ID\"]}" | jq -r '.id'); echo $ROOM
npx wscat -c "$WS/?token=$TOKEN" -x "{\"action\":\"join_room\",\"roomId\":\"$ROOM\"}" -w 3                        # -> message_history, room_users
npx wscat -c "$WS/?token=$TOKEN" -x "{\"action\":\"send_message\",\"roomId\":\"$ROOM\",\"message\":\"Hello!\"}" -w 3  # -> new_message
